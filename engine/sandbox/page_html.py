"""The payment page as text: plain HTML that needs no script."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from engine.sandbox import amounts
from engine.sandbox.page_style import STYLE

_BANNER = (
    '<div class="test" role="note"><strong>TEST</strong> &middot; This is a sandbox on this computer. '
    "No money moves; only test cards work.</div>"
)
_CARDS = (
    ("4242 4242 4242 4242", "is paid"),
    ("4000 0000 0000 0002", "is declined"),
    ("4000 0025 0000 3155", "asks for 3-D Secure"),
)


def amount_text(session: Mapping[str, Any]) -> str:
    return amounts.text(session["amount_total"], session["currency"])


def form(
    session: Mapping[str, Any], title: str, action: str, typed: Mapping[str, str], wrong: Mapping[str, str], said: str
) -> str:
    """The card form.

    *typed* is what to show in the fields, never the card's number or code; *wrong* says what is wrong with a field;
    *said* is the bank's word on the last try, empty before the first.
    """
    alert = said or ("Please check the fields marked below." if wrong else "")
    start = next(iter(wrong), "number")
    fields = {name: _field(name, typed, wrong, focused=name == start) for name in _FIELDS}
    pane = f"""{_alert(alert)}<form method="post" action="{escape(action)}" novalidate>
{fields["email"]}{fields["number"]}<div class="row">{fields["expiry"]}{fields["cvc"]}</div>{fields["name"]}
<datalist id="cards">{"".join(f'<option value="{n}">{what}</option>' for n, what in _CARDS)}</datalist>
<button type="submit">Pay {escape(amount_text(session))}</button></form>{_back(session)}"""
    return _page(
        ("Problem: " if alert else "") + title, _summary(session, title) + f'<div class="pane">{pane}</div>', "two"
    )


def verification(session: Mapping[str, Any], title: str, action: str) -> str:
    body = f"""<div class="pane"><h1>3-D Secure check</h1>
<p class="muted">Your bank wants to know that it is you. In the sandbox you decide how that ends.</p>
<p>{escape(title)}</p><p class="amount">{escape(amount_text(session))}</p>
<form method="post" action="{escape(action)}">
<button type="submit" name="verdict" value="approve">Approve</button>
<button class="second" type="submit" name="verdict" value="fail">Fail</button></form></div>"""
    return _page("3-D Secure check", body, "one")


def notice(title: str, text: str, link: str = "", label: str = "") -> str:
    """A page that only says something, with at most one way on."""
    onward = f'<a class="button" href="{escape(link)}">{escape(label)}</a>' if link else ""
    body = f'<div class="pane"><h1>{escape(title)}</h1><p>{escape(text)}</p>{onward}</div>'
    return _page(title, body, "one")


#: Name -> label, then the input's own attributes.
_FIELDS = {
    "email": ("Email", 'type="email" autocomplete="email" inputmode="email" maxlength="200"'),
    "number": (
        "Card number",
        'autocomplete="off" inputmode="numeric" maxlength="23" placeholder="4242 4242 4242 4242" list="cards"',
    ),
    "expiry": ("Expiry (MM/YY)", 'autocomplete="off" inputmode="numeric" maxlength="7" placeholder="12/30"'),
    "cvc": ("Security code", 'autocomplete="off" inputmode="numeric" maxlength="4" placeholder="123"'),
    "name": ("Name on card", 'autocomplete="cc-name" maxlength="100"'),
}


def _field(name: str, typed: Mapping[str, str], wrong: Mapping[str, str], *, focused: bool) -> str:
    label, attributes = _FIELDS[name]
    attributes += " autofocus" if focused else ""
    state = f' aria-invalid="true" aria-describedby="{name}-wrong"' if name in wrong else ""
    problem = f'<p class="wrong" id="{name}-wrong">{escape(wrong[name])}</p>' if name in wrong else ""
    return (
        f'<div class="field"><label for="{name}">{label}</label>'
        f'<input id="{name}" name="{name}" required {attributes}{state} value="{escape(typed.get(name, ""))}">'
        f"{problem}</div>"
    )


def _summary(session: Mapping[str, Any], title: str) -> str:
    cards = "".join(f"<dt>{number}</dt><dd>{what}</dd>" for number, what in _CARDS)
    reference = session["client_reference_id"]
    booking = f'<p class="muted">Booking {escape(reference)}</p>' if reference else ""
    return f"""<section class="summary" aria-label="What you pay"><h1>{escape(title)}</h1>
<p class="amount">{escape(amount_text(session))}</p>{booking}
<div class="cards"><p class="muted">Test cards, with any date to come and any code:</p>
<dl>{cards}</dl></div></section>"""


def _alert(text: str) -> str:
    return f'<div class="alert" role="alert">{escape(text)}</div>' if text else ""


def _back(session: Mapping[str, Any]) -> str:
    url = session["cancel_url"]
    return f'<p class="muted"><a href="{escape(url)}">Back without paying</a></p>' if url else ""


def _page(title: str, body: str, shape: str) -> str:
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{escape(title)} (TEST)</title><style>{STYLE}</style></head>
<body>{_BANNER}<main class="{shape}">{body}</main></body></html>
"""
