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


def scenery(sky: str, paint: str = "#b8322b") -> bytes:
    """A car before mountains, for screens: nobody's photo."""
    picture = Image.new("RGB", (1600, 1000), sky)
    draw = ImageDraw.Draw(picture)
    draw.polygon([(0, 620), (480, 400), (880, 620)], fill="#56708c")
    draw.polygon([(640, 620), (1200, 330), (1600, 560), (1600, 620)], fill="#47607c")
    draw.rectangle((0, 620, 1600, 1000), fill="#5c6460")
    draw.rounded_rectangle((320, 610, 1220, 790), 60, fill=paint)
    draw.polygon([(500, 620), (620, 490), (940, 490), (1080, 620)], fill=paint)
    draw.polygon([(540, 615), (635, 510), (770, 510), (770, 615)], fill="#28323c")
    draw.polygon([(790, 615), (790, 510), (930, 510), (1040, 615)], fill="#28323c")
    for middle in (520, 1020):
        draw.ellipse((middle - 85, 705, middle + 85, 875), fill="#19191c")
        draw.ellipse((middle - 45, 745, middle + 45, 835), fill="#aaafb4")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88)
    return out.getvalue()
