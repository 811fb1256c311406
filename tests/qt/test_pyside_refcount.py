"""PySide6 6.12.0 loses a reference to None in every void call and so ends Python 3.11 after a second of painting."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QObject

CALLS = 200


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal since Python 3.12")
def test_void_calls_keep_their_references_to_none():
    thing = QObject()
    before = sys.getrefcount(None)

    for _ in range(CALLS):
        thing.setObjectName("a")

    lost = before - sys.getrefcount(None)
    assert lost < CALLS // 2
