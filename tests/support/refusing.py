"""Errors and the words that are made of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from engine.domain.shared.errors import DriveSphereError
from engine.words.errors import sentence


@contextmanager
def refused(kind: type[DriveSphereError], match: str) -> Iterator[pytest.ExceptionInfo[DriveSphereError]]:
    """The block raises *kind*, of which the command line says what *match* finds."""
    with pytest.raises(kind) as caught:
        yield caught
    assert re.search(match, sentence(caught.value)), sentence(caught.value)
