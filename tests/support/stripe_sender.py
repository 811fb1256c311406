"""Events that are signed as Stripe signs them."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta

SECRET = "whsec_" + "t3st" * 8


class Sender:
    """Posts events as Stripe would, or as somebody who is not Stripe."""

    def __init__(self, url, http, clock):
        self.url, self._http, self._clock = url, http, clock

    async def send(self, event, *, age=timedelta(0), secret=SECRET):
        body = event if isinstance(event, bytes) else json.dumps(event, indent=2).encode()
        stamp = int((self._clock.now() - age).timestamp())
        mac = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        return await self.raw(body, f"t={stamp},v1={mac}")

    async def raw(self, body, signature=""):
        return await self._http.post(self.url, content=body, headers={"Stripe-Signature": signature})
