"""Files that people give us as photos, decoded, turned upright, scaled and written anew."""

from __future__ import annotations

import io
import struct
import warnings
import zlib

from PIL import Image, ImageOps, UnidentifiedImageError

from engine.domain.errors import PhotoRefused
from engine.domain.photo import (
    LEAST_SIDE_PX,
    LONGEST_SIDE_PX,
    MOST_BYTES,
    MOST_PIXELS,
    THUMBNAIL_PX,
    Photo,
    PhotoProblem,
)

#: Decided by looking into the file; its name and its claimed type are never asked.
_FORMATS = ("JPEG", "PNG", "WEBP")
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, struct.error, zlib.error)
_WHITE = (255, 255, 255)


class Darkroom:
    """The port ``Darkroom``; slow, to be called from a thread of its own."""

    def develop(self, data: bytes) -> Photo:
        """The picture in *data* as we keep it.

        What comes out was written by us from the pixels alone: no metadata, no trailing bytes, no second meaning.

        Raises:
            PhotoRefused: It is none, is damaged, or is too large or too small.
        """
        if len(data) > MOST_BYTES:
            raise PhotoRefused(PhotoProblem.TOO_LARGE)
        with warnings.catch_warnings():
            # The number of pixels is ours to judge, below.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = self._decoded(data)
        picture.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX), Image.Resampling.LANCZOS)
        small = picture.copy()
        small.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX), Image.Resampling.LANCZOS)
        return Photo(_jpeg(picture, 86), _jpeg(small, 82))

    def _decoded(self, data: bytes) -> Image.Image:
        try:
            opened = Image.open(io.BytesIO(data), formats=_FORMATS)
        except (UnidentifiedImageError, Image.DecompressionBombError, *_BROKEN) as problem:
            bomb = isinstance(problem, Image.DecompressionBombError)
            raise PhotoRefused(PhotoProblem.TOO_MANY_PIXELS if bomb else PhotoProblem.NO_PICTURE) from problem
        with opened:
            # The header alone has been read: nothing is decoded before its size is known to be bearable.
            width, height = opened.size
            if width * height > MOST_PIXELS:
                raise PhotoRefused(PhotoProblem.TOO_MANY_PIXELS)
            if min(width, height) < LEAST_SIDE_PX:
                raise PhotoRefused(PhotoProblem.TOO_SMALL)
            try:
                opened.load()
                return _on_white(ImageOps.exif_transpose(opened))
            except _BROKEN as problem:
                raise PhotoRefused(PhotoProblem.BROKEN) from problem


def _on_white(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    ground = Image.new("RGB", layer.size, _WHITE)
    ground.paste(layer, mask=layer.getchannel("A"))
    return ground


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    # A new image of the same pixels, so that nothing the file carried along can be written again.
    clean = Image.frombytes("RGB", picture.size, picture.tobytes())
    clean.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()
