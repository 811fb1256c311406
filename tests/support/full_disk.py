"""A disk without room, for whatever this process writes."""

from __future__ import annotations

from contextlib import contextmanager

import pytest


@contextmanager
def full_disk(longest):
    """No file can grow beyond *longest* bytes. Skips the test where the system has no such limits."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (longest, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
