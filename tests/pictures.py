"""Files as people might give them to us: photos, and things that pass for photos. All drawn here."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image, ImageDraw

ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="900" height="600"><script>alert(1)</script></svg>'


def drawn(width: int = 900, height: int = 600) -> Image.Image:
    """Red on its left half, blue on its right."""
    picture = Image.new("RGB", (width, height), "#2040c0")
    ImageDraw.Draw(picture).rectangle((0, 0, width // 2 - 1, height), fill="#c02020")
    return picture


def photo(kind: str = "JPEG", width: int = 900, height: int = 600, **options: object) -> bytes:
    out = io.BytesIO()
    drawn(width, height).save(out, kind, **options)
    return out.getvalue()


def sideways() -> bytes:
    """Taken with the camera turned: the pixels lie, the note beside them says so, and names camera and place."""
    notes = Image.Exif()
    notes[ORIENTATION], notes[MAKE] = 6, "Secret Camera"
    notes[GPS] = {1: "N", 2: (52.0, 31.0, 12.0)}
    return photo(exif=notes.tobytes())


def bomb(side: int = 60_000) -> bytes:
    """A PNG of a few hundred bytes whose header promises billions of pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))
