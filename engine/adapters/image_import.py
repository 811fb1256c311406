"""Files that people give us as photos, decoded, turned upright, scaled and written anew."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from contextlib import suppress
from importlib import import_module

from PIL import Image, ImageOps, UnidentifiedImageError

from engine.domain.car.photo import (
    LEAST_SIDE_PX,
    LONGEST_SIDE_PX,
    MOST_BYTES,
    MOST_PIXELS,
    THUMBNAIL_PX,
    Photo,
    PhotoProblem,
)
from engine.domain.papers.logo import LEAST_LOGO_PX, LOGO_PX
from engine.domain.shared.errors import PhotoRefused

#: Decided by looking into the file; its name and its claimed type are never asked.
_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF")
#: Telephones' own kind. pi-heif reads it and cannot write it: libheif and libde265, both LGPL, and no encoder's GPL.
_TELEPHONES = "HEIF"
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, struct.error, zlib.error)
_WHITE = (255, 255, 255)
#: Which part of a file tells an HEIC: the kind of box, and what it is called.
_BOX, _BRANDS = b"ftyp", (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
_SIXTEEN_BITS, _EIGHT_BITS = 65_535, 255


class PillowImport:
    """The port ``PillowImport``; slow, to be called from a thread of its own."""

    def develop(self, data: bytes) -> Photo:
        """The picture in *data* as we keep it.

        What comes out was written by us from the pixels alone: no metadata, no trailing bytes, no second meaning.

        Raises:
            PhotoRefused: It is none, is damaged, or is too large or too small.
        """
        picture = self._bearable(data, LEAST_SIDE_PX)
        picture.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX), Image.Resampling.LANCZOS)
        small = picture.copy()
        small.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX), Image.Resampling.LANCZOS)
        return Photo(_jpeg(picture, 86), _jpeg(small, 82))

    def logo(self, data: bytes) -> bytes:
        """The picture in *data* as papers bear it: a PNG on white, of its pixels alone. Raises: PhotoRefused."""
        picture = self._bearable(data, LEAST_LOGO_PX)
        picture.thumbnail((LOGO_PX, LOGO_PX), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        _clean(picture).save(out, "PNG", optimize=True)
        return out.getvalue()

    def _bearable(self, data: bytes, least_px: int) -> Image.Image:
        if len(data) > MOST_BYTES:
            raise PhotoRefused(PhotoProblem.TOO_LARGE)
        with warnings.catch_warnings():
            # The number of pixels is ours to judge, below.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return self._decoded(data, least_px)

    def _decoded(self, data: bytes, least_px: int) -> Image.Image:
        telephones = data[4:8] == _BOX and data[8:12] in _BRANDS
        if telephones and not _reads_heic():
            raise PhotoRefused(PhotoProblem.HEIC)
        try:
            opened = Image.open(io.BytesIO(data), formats=(_TELEPHONES,) if telephones else _FORMATS)
        except (UnidentifiedImageError, Image.DecompressionBombError, *_BROKEN) as problem:
            bomb = isinstance(problem, Image.DecompressionBombError)
            raise PhotoRefused(PhotoProblem.TOO_MANY_PIXELS if bomb else PhotoProblem.NO_PICTURE) from problem
        with opened:
            # The header alone has been read: nothing is decoded before its size is known to be bearable.
            width, height = opened.size
            if width * height > MOST_PIXELS:
                raise PhotoRefused(PhotoProblem.TOO_MANY_PIXELS)
            if min(width, height) < least_px:
                raise PhotoRefused(PhotoProblem.TOO_SMALL if least_px == LEAST_SIDE_PX else PhotoProblem.LOGO_TOO_SMALL)
            try:
                opened.load()
                return _on_white(_eight_bits(ImageOps.exif_transpose(opened)))
            except _BROKEN as problem:
                raise PhotoRefused(PhotoProblem.BROKEN) from problem


def _reads_heic() -> bool:
    """Whether the reader of that kind is installed; there are systems without a wheel of it."""
    with suppress(ImportError):
        import_module("pi_heif").register_heif_opener()
        return True
    return False


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Grey of finer steps, which Pillow would cut off at white, in the steps that we keep."""
    if not picture.mode.startswith(("I", "F")):
        return picture
    if picture.mode == "F" or picture.getextrema()[1] > _SIXTEEN_BITS:  # type: ignore[operator]  # of one band
        low, high = picture.convert("F").getextrema()
        scale = _EIGHT_BITS / ((high - low) or 1)  # type: ignore[operator]  # of one band
        return picture.convert("F").point(lambda value: value * scale - low * scale).convert("L")  # type: ignore[operator]
    return picture.convert("I").point(lambda value: value * (_EIGHT_BITS / _SIXTEEN_BITS) + 0).convert("L")


def _on_white(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    ground = Image.new("RGB", layer.size, _WHITE)
    ground.paste(layer, mask=layer.getchannel("A"))
    return ground


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    _clean(picture).save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _clean(picture: Image.Image) -> Image.Image:
    """A new image of the same pixels, so that nothing the file carried along can be written again."""
    return Image.frombytes("RGB", picture.size, picture.tobytes())
