"""Stripe's rules for amounts, from its documentation (https://docs.stripe.com/currencies); the sandbox's own table.

It judges what the program sends, so it has nothing from the program.
"""

from __future__ import annotations

#: Currency -> (decimals of ``amount``, decimals that people pay with, smallest charge, largest charge), as sent.
_SPECIAL: dict[str, tuple[int, int, int, int]] = {
    "bif": (0, 0, 1, 99_999_999),
    "clp": (0, 0, 1, 99_999_999),
    "djf": (0, 0, 1, 99_999_999),
    "gnf": (0, 0, 1, 99_999_999),
    "jpy": (0, 0, 50, 9_999_999_999_999),
    "kmf": (0, 0, 1, 99_999_999),
    "krw": (0, 0, 1, 99_999_999),
    "mga": (0, 0, 1, 99_999_999),
    "pyg": (0, 0, 1, 99_999_999),
    "rwf": (0, 0, 1, 99_999_999),
    "vnd": (0, 0, 1, 99_999_999),
    "vuv": (0, 0, 1, 99_999_999),
    "xaf": (0, 0, 1, 99_999_999),
    "xof": (0, 0, 1, 99_999_999),
    "xpf": (0, 0, 1, 99_999_999),
    # Without decimals since some day, but still sent with two, which must be 00.
    "isk": (2, 0, 100, 99_999_999),
    "ugx": (2, 0, 100, 99_999_999),
    # With three decimals, of which the last must be 0.
    "bhd": (3, 2, 10, 99_999_999),
    "jod": (3, 2, 10, 99_999_999),
    "kwd": (3, 2, 10, 99_999_999),
    "omr": (3, 2, 10, 99_999_999),
    "tnd": (3, 2, 10, 99_999_999),
    # With a smallest or a largest amount of their own.
    "usd": (2, 2, 50, 99_999_999),
    "aed": (2, 2, 200, 99_999_999),
    "aud": (2, 2, 50, 99_999_999),
    "bgn": (2, 2, 100, 99_999_999),
    "brl": (2, 2, 50, 99_999_999),
    "cad": (2, 2, 50, 99_999_999),
    "chf": (2, 2, 50, 99_999_999),
    "czk": (2, 2, 1_500, 99_999_999),
    "dkk": (2, 2, 250, 99_999_999),
    "eur": (2, 2, 50, 99_999_999),
    "gbp": (2, 2, 30, 99_999_999),
    "hkd": (2, 2, 400, 99_999_999),
    "huf": (2, 2, 17_500, 9_999_999_999_999),
    "inr": (2, 2, 50, 999_999_999),
    "mxn": (2, 2, 1_000, 99_999_999),
    "myr": (2, 2, 200, 99_999_999),
    "nok": (2, 2, 300, 99_999_999),
    "nzd": (2, 2, 50, 99_999_999),
    "pln": (2, 2, 200, 99_999_999),
    "ron": (2, 2, 200, 99_999_999),
    "sek": (2, 2, 300, 99_999_999),
    "sgd": (2, 2, 50, 99_999_999),
    "thb": (2, 2, 1_000, 99_999_999),
    "cop": (2, 2, 1, 9_999_999_999_999),
    "idr": (2, 2, 1, 999_999_999_999),
    "lbp": (2, 2, 1, 99_999_999_999_999),
}
_USUAL = (2, 2, 1, 99_999_999)


def refusal(amount: int, currency: str) -> tuple[str, str] | None:
    """Stripe's code and sentence for an amount that it does not charge; None for one that it does."""
    decimals, paid_with, least, most = _SPECIAL.get(currency.lower(), _USUAL)
    code = currency.lower()
    if amount < least:
        return "amount_too_small", f"The total amount due must add up to at least {text(least, code)}"
    if amount > most:
        return "amount_too_large", f"The total amount due must be no more than {text(most, code)}"
    if amount % 10 ** (decimals - paid_with):
        return "amount_invalid", f"The amount must end in {'0' * (decimals - paid_with)} for {code}"
    return None


def text(amount: int, currency: str) -> str:
    """For example ``EUR 1,234.50``; ``JPY 9,000``; ``KWD 12.340``; ``UGX 500`` for an amount of 50000."""
    decimals, paid_with, *_limits = _SPECIAL.get(currency.lower(), _USUAL)
    whole, rest = divmod(amount, 10**decimals)
    return f"{currency.upper()} {whole:,}" + (f".{rest:0{decimals}d}" if paid_with else "")
