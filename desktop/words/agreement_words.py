"""What was read off a car, in words."""

from __future__ import annotations

from typing import assert_never

from desktop.words.figures import whole
from engine.domain.agreement.reading import Gauge
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
