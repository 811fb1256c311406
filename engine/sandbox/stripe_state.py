"""The account as it stands: objects, time, and the record of what happened."""

from __future__ import annotations

import secrets
import string
import time
from dataclasses import replace
from typing import Any

from engine.sandbox.document import Document
from engine.sandbox.problems import missing
from engine.sandbox.store import Record, SandboxStore

_LETTERS = string.ascii_letters + string.digits
_ID_LENGTH = 24


def new_id(prefix: str, length: int = _ID_LENGTH) -> str:
    return prefix + "".join(secrets.choice(_LETTERS) for _ in range(length))


class State:
    """One account.

    Attributes:
        base_url: Where the payment pages are.
        request: Id and idempotency key of the API request being served, for the events it causes; None between.
    """

    def __init__(self, store: SandboxStore, document: Document, base_url: str) -> None:
        self.store, self.document, self.base_url = store, document, base_url
        self.request: dict[str, Any] | None = None
        self._offset_s = int(store.setting("offset_s", 0))

    def now(self) -> int:
        return int(time.time()) + self._offset_s

    def set_clock(self, offset_s: int) -> None:
        """Let the account live in the past or the future of this machine."""
        self.store.set("offset_s", offset_s)
        self._offset_s = offset_s

    def find(self, kind: str, key: str, param: str) -> Record:
        """Raises: StripeProblem, 404, naming *param*."""
        record = self.store.get(kind, key)
        if record is None:
            raise missing(kind.replace(".", "_").replace("_", " "), key, param)
        return record

    def change(self, record: Record, *, due: int | None = None, **changes: Any) -> Record:
        """Store the object with some fields changed; nothing more happens to it by itself unless *due* says so."""
        changed = replace(record, body={**record.body, **changes}, due=due)
        self.store.replace(changed)
        return changed

    def tell(self, kind: str, body: dict[str, Any], **before: Any) -> None:
        """Put an event on the record and in the queue of each webhook.

        Raises:
            DocumentBroken: The object is not one that such an event may carry.
        """
        self.document.judge_object(self.document.object_of(kind), body)
        urls = [hook["url"] for hook in self.store.setting("webhooks", [])]
        key = new_id("evt_")
        event = {
            "id": key,
            "object": "event",
            "api_version": self.document.version,
            "created": self.now(),
            "data": {"object": body, **({"previous_attributes": before} if before else {})},
            "livemode": False,
            "pending_webhooks": len(urls),
            "request": self.request or {"id": None, "idempotency_key": None},
            "type": kind,
        }
        self.store.add(Record(key, "event", event, {}))
        for url in urls:
            self.store.queue(key, url, self.now())
