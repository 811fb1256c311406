"""What was read off a car, and another end of its rental, in words."""

from __future__ import annotations

from datetime import timedelta
from typing import assert_never

from desktop.words.figures import amount, days_text, whole
from engine.domain.agreement.reading import Gauge
from engine.domain.money.money import Money
from engine.words.tr import tr


def km_words(km: int) -> str:
    return tr("{km} km", km=whole(km))


def full_words(gauge: Gauge, full: int) -> str:
    match gauge:
        case Gauge.EIGHTHS:
            return tr("{full}/8 full", full=str(full))
        case Gauge.PERCENT:
            return tr("{full} % charged", full=str(full))
    assert_never(gauge)


def end_words(by: timedelta, costs: Money) -> str:
    """How much later a car comes back, and what that costs."""
    span = _span_words(abs(by))
    when = tr("{span} later", span=span) if by > timedelta(0) else tr("{span} earlier", span=span)
    if not costs.minor:
        return tr("{when}, at no charge", when=when)
    more = tr("{amount} more", amount=amount(costs)) if costs.minor > 0 else tr("{amount} less", amount=amount(-costs))
    return tr("{when}, {more}", when=when, more=more)


def _span_words(span: timedelta) -> str:
    days, rest = divmod(span, timedelta(days=1))
    hours, minutes = divmod(rest // timedelta(minutes=1), 60)
    parts = (
        days_text(days) if days else "",
        tr("{hours} h", hours=str(hours)) if hours else "",
        tr("{minutes} min", minutes=str(minutes)) if minutes else "",
    )
    return " ".join(filter(None, parts))
