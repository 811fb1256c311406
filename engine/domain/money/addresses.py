"""Which addresses the program hands to a browser: Stripe's own, and nothing that only looks like it."""

from __future__ import annotations

import re
from enum import Enum
from typing import NewType
from urllib.parse import SplitResult, urlsplit

from engine.domain.shared.errors import RuleBroken, StrangeAddress

#: An address that ``page_address`` let through.
PageAddress = NewType("PageAddress", str)

#: Where Stripe shows Checkout (https://docs.stripe.com/payments/checkout).
STRIPE_HOST = "checkout.stripe.com"
#: Where a firm answers a dispute (https://docs.stripe.com/disputes/responding).
_DISPUTE = re.compile(r"https://dashboard\.stripe\.com(?:/test)?/disputes/d[up]_[A-Za-z0-9]{1,255}")
_LONGEST = 8000
#: What a URL may be written with (RFC 3986); no blank, no backslash, no letter that looks like another.
_PLAIN = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
#: Of this desk's own one-shot page, and of every other desk's (``adapters/http/return_page``).
_LANDING = re.compile(r"http://127\.0\.0\.1:[1-9][0-9]{0,4}/paid/[A-Za-z0-9_-]{20,64}")
#: Where the browser goes after paying when nobody waits for it (RFC 2606: never a real site).
NOWHERE = "https://drivesphere.invalid/paid"


class NotOpenedWhy(Enum):
    MISSING = "missing"  #: this computer has no program that opens pages
    FAILED = "failed"  #: that program said that it could not
    ENDED = "ended"  #: it was ended from outside


class BrowserNotOpened(RuleBroken):
    """Attributes: ``why`` is what became of the program that opens pages."""

    code = "browser.not_opened"

    def __init__(self, why: NotOpenedWhy) -> None:
        super().__init__(f"no browser was opened: {why.value}")
        self.why = why


def page_address(url: str, sandbox: str = "") -> PageAddress:
    """*url* if it is a payment page of Stripe's, or of the *sandbox* of that address ("" for none).

    Raises:
        StrangeAddress: It is anything else: another scheme, host or port, a user's name, letters that no URL has.
    """
    parts = _parts(url)
    if parts is None or not (_is_stripes(parts) or (sandbox and _is_sandboxes(parts, sandbox))):
        raise StrangeAddress("this is no payment page of Stripe's")
    return PageAddress(url)


def dispute_address(dispute_id: str, *, livemode: bool) -> PageAddress:
    """Where the firm sees that dispute at Stripe and answers it.

    Raises:
        StrangeAddress: That is no id of a dispute.
    """
    url = f"https://dashboard.stripe.com{'' if livemode else '/test'}/disputes/{dispute_id}"
    if not _DISPUTE.fullmatch(url):
        raise StrangeAddress("this is no dispute of Stripe's")
    return PageAddress(url)


def openable(url: str, sandbox: str = "") -> PageAddress:
    """*url* if it is any page that this program opens: where a booking is paid, or a dispute is answered.

    Raises:
        StrangeAddress: It is neither.
    """
    return PageAddress(url) if _DISPUTE.fullmatch(url) else page_address(url, sandbox)


def is_return_page(url: str) -> bool:
    """Whether *url* can be recorded as a page to which Stripe sends live payers back: https, a name, no user."""
    parts = _parts(url)
    plain = parts is not None and parts.scheme == "https" and not parts.query and not parts.fragment
    return bool(plain and parts and re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]{1,5})?", parts.netloc))


def returns_here(url: str) -> bool:
    """Whether it is a desk's own page on this computer, or nowhere; good for test payments only."""
    return url == NOWHERE or bool(_LANDING.fullmatch(url))


def return_url(page: str, booking_id: str) -> str:
    """The success URL of a booking whose payer comes back to *page*."""
    return f"{page}?booking={booking_id}"


def _parts(url: str) -> SplitResult | None:
    if len(url) > _LONGEST or not _PLAIN.fullmatch(url):
        return None
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _is_stripes(parts: SplitResult) -> bool:
    return parts.scheme == "https" and parts.netloc == STRIPE_HOST


def _is_sandboxes(parts: SplitResult, sandbox: str) -> bool:
    origin = _parts(sandbox)
    if origin is None or re.sub(r":[0-9]+$", "", origin.netloc) not in _LOOPBACK:
        return False
    return parts.scheme == "http" == origin.scheme and parts.netloc == origin.netloc
