"""QR codes as modules, made away from the window's thread: a long address takes longer than a frame."""

from __future__ import annotations

import segno


def modules_of(text: str) -> tuple[bytes, ...]:
    """The code's rows, 1 for dark, without the margin; empty for nothing and for what no QR code can hold."""
    if not text:
        return ()
    try:
        # One mask instead of the best of eight: an eighth of the time, and cameras read each of them.
        code = segno.make(text, error="l", micro=False, boost_error=False, mask=3)
    except segno.DataOverflowError:
        return ()
    return tuple(bytes(row) for row in code.matrix)
