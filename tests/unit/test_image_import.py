"""S10: what a file is is decided by decoding it."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import SVG, bomb, opened, photo, sideways
from PIL import Image

from engine.adapters import image_import
from engine.adapters.image_import import PillowImport
from engine.domain.car.photo import LONGEST_SIDE_PX, MOST_BYTES, THUMBNAIL_PX, PhotoProblem
from engine.domain.papers.logo import LOGO_PX, MOST_LOGO_BYTES
from engine.domain.shared.errors import PhotoRefused


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_S10_a_photo_of_any_common_kind_becomes_a_jpeg(kind):
    kept = PillowImport().develop(photo(kind))

    assert ("JPEG", (900, 600)) == (opened(kept.picture).format, opened(kept.picture).size)
    assert ("JPEG", (THUMBNAIL_PX, 341)) == (opened(kept.thumbnail).format, opened(kept.thumbnail).size)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", PhotoProblem.NO_PICTURE),
        (SVG, PhotoProblem.NO_PICTURE),
        (b"MZ" + bytes(2000), PhotoProblem.NO_PICTURE),
        (b"\xff\xd8\xff\xe0 that was all", PhotoProblem.NO_PICTURE),
        (photo("GIF"), PhotoProblem.NO_PICTURE),
        (photo()[:4000], PhotoProblem.BROKEN),
        (photo("PNG")[:1000], PhotoProblem.BROKEN),
        (bomb(), PhotoProblem.TOO_MANY_PIXELS),
        (bomb(8000), PhotoProblem.TOO_MANY_PIXELS),
        (photo(width=63), PhotoProblem.TOO_SMALL),
        (photo() + bytes(MOST_BYTES), PhotoProblem.TOO_LARGE),
    ],
    ids=lambda value: value.value if isinstance(value, PhotoProblem) else f"{len(value)}-bytes",
)
def test_S10_what_is_no_sound_photo_is_refused_with_its_reason(data, problem):
    with pytest.raises(PhotoRefused) as caught:
        PillowImport().develop(data)

    assert problem == caught.value.problem


def test_S10_a_photo_is_turned_upright_and_forgets_where_and_with_what_it_was_taken():
    kept = PillowImport().develop(sideways())

    picture = opened(kept.picture)
    assert (600, 900) == picture.size
    top, bottom = picture.getpixel((300, 100)), picture.getpixel((300, 800))
    assert top[0] > 150 > top[2]
    assert bottom[2] > 150 > bottom[0]
    for data in (kept.picture, kept.thumbnail):
        assert {} == dict(opened(data).getexif())
        assert b"Secret" not in data
        assert b"Exif" not in data


def test_S10_what_hangs_behind_the_pixels_does_not_come_along():
    assert b"<script>" not in PillowImport().develop(photo() + SVG).picture


def test_S10_a_large_photo_is_scaled_on_the_way_in_and_a_small_one_stays():
    assert (LONGEST_SIDE_PX, 1024) == opened(PillowImport().develop(photo(width=4000, height=2000)).picture).size
    assert (100, 80) == opened(PillowImport().develop(photo(width=100, height=80)).thumbnail).size


def test_what_is_transparent_becomes_white(tmp_path):
    file = tmp_path / "glass.png"
    Image.new("RGBA", (100, 100), (0, 0, 0, 0)).save(file)

    assert (255, 255, 255) == opened(PillowImport().develop(file.read_bytes()).picture).getpixel((50, 50))


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "I;16"])
def test_a_photo_in_other_than_three_colours_is_one_too(tmp_path, mode):
    file = tmp_path / f"photo.{'jpg' if mode == 'CMYK' else 'png'}"
    Image.new(mode, (100, 100)).save(file)

    assert "RGB" == opened(PillowImport().develop(file.read_bytes()).picture).mode


HEIC = Path(__file__).resolve().parents[1] / "data" / "photo.heic"


@given(st.integers(0, 65_535), st.sampled_from(["PNG", "TIFF"]))
@settings(max_examples=40, deadline=None)
def test_grey_of_sixteen_bits_keeps_its_grey(value, kind):
    out = io.BytesIO()
    Image.frombytes("I;16", (80, 80), struct.pack("<H", value) * 6400).save(out, kind)

    kept = opened(PillowImport().develop(out.getvalue()).picture).getpixel((40, 40))

    assert all(abs(each - value / 257) <= 2 for each in kept)


@pytest.mark.parametrize(("mode", "low", "high"), [("F", 0.0, 1.0), ("I", 0, 1_000_000)])
def test_grey_of_other_depths_reaches_from_black_to_white(mode, low, high):
    picture = Image.new(mode, (90, 80), low)
    picture.paste(high, (45, 0, 90, 80))
    out = io.BytesIO()
    picture.save(out, "TIFF")

    kept = opened(PillowImport().develop(out.getvalue()).picture)

    assert kept.getpixel((10, 40))[0] < 5
    assert kept.getpixel((80, 40))[0] > 250


def test_a_telephones_photo_is_read():
    kept = opened(PillowImport().develop(HEIC.read_bytes()).picture)

    assert ("JPEG", (300, 200)) == (kept.format, kept.size)
    left, right = kept.getpixel((60, 100)), kept.getpixel((240, 100))
    assert left[0] > 150 > left[2]
    assert right[2] > 150 > right[0]


def test_without_its_reader_a_telephones_photo_is_refused_by_its_kind(monkeypatch):
    def nothing(name):
        raise ImportError(name)

    monkeypatch.setattr(image_import, "import_module", nothing)

    with pytest.raises(PhotoRefused) as caught:
        PillowImport().develop(HEIC.read_bytes())

    assert PhotoProblem.HEIC == caught.value.problem


@given(st.binary(max_size=600), st.sampled_from([b"heic", b"mif1", b"hevc"]))
@settings(max_examples=60, deadline=None)
def test_what_only_says_that_it_is_heic_is_refused_in_words(rest, brand):
    with pytest.raises(PhotoRefused):
        PillowImport().develop(b"\0\0\0\x18ftyp" + brand + rest)


def test_half_a_telephones_photo_is_refused():
    with pytest.raises(PhotoRefused):
        PillowImport().develop(HEIC.read_bytes()[:500])


@pytest.mark.parametrize("size", [(900, 600), (400, 40), (16, 16)])
def test_a_logo_is_a_small_png_of_its_pixels_alone(size):
    kept = PillowImport().logo(photo("PNG", *size))

    again = opened(kept)
    assert ("PNG", "RGB", {}) == (again.format, again.mode, again.info)
    assert max(again.size) == min(max(size), LOGO_PX)
    assert MOST_LOGO_BYTES > 3 * LOGO_PX * LOGO_PX
    assert kept == PillowImport().logo(kept), "what was kept comes back as it is"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (SVG, PhotoProblem.NO_PICTURE),
        (photo("GIF"), PhotoProblem.NO_PICTURE),
        (photo("PNG")[:1000], PhotoProblem.BROKEN),
        (bomb(), PhotoProblem.TOO_MANY_PIXELS),
        (photo(width=15), PhotoProblem.LOGO_TOO_SMALL),
        (photo() + bytes(MOST_BYTES), PhotoProblem.TOO_LARGE),
    ],
    ids=lambda value: value.value if isinstance(value, PhotoProblem) else f"{len(value)}-bytes",
)
def test_S10_a_hostile_logo_is_refused_as_a_hostile_photo_is(data, problem):
    with pytest.raises(PhotoRefused) as caught:
        PillowImport().logo(data)

    assert problem == caught.value.problem
