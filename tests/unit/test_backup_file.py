"""A back-up's file gives back what was sealed, or a typed refusal; never something else."""

from __future__ import annotations

import errno
import io
from datetime import UTC, datetime

import bson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.adapters.disk.backup_file import CHUNK, MAGIC, BackupKey, Sealer, unseal
from engine.adapters.disk.backup_place import PART, appearing, make_key_file, phrase_key, read_key_file
from engine.adapters.disk.backup_records import BackupWriter, check
from engine.domain.health.backup import (
    BackupAbout,
    BackupDamaged,
    BackupKeyWrong,
    BackupMoment,
    BackupRefused,
    BackupSummary,
    NotABackup,
)

KEY = BackupKey(bytes(range(32)), "key")
REFUSALS = (BackupDamaged, BackupKeyWrong, NotABackup)
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def sealed(*pieces: bytes, key: BackupKey = KEY) -> bytes:
    file = io.BytesIO()
    sealer = Sealer(file, key)
    for piece in pieces:
        sealer.write(piece)
    sealer.finish()
    return file.getvalue()


def opened(data: bytes, key: BackupKey = KEY) -> bytes:
    return b"".join(unseal(io.BytesIO(data), key))


def made(rows: int = 200) -> bytes:
    """A whole back-up of one collection, with one row that changed meanwhile."""
    file = io.BytesIO()
    writer = BackupWriter(file, KEY, BackupAbout("an id", "ds", 0, "0.1.0", NOW))
    writer.collection("cars")
    writer.rows(b"".join(bson.encode({"_id": f"car-{n}", "text": "x" * (n * 7 % 90)}) for n in range(rows)))
    writer.changed("cars", bson.encode({"_id": "car-1"}))
    copied = {name: tally.told for name, tally in writer.tallies.items()}
    writer.finish(BackupSummary(BackupMoment(1, 2), NOW, 1, {"cars": rows - 1}, copied))
    return file.getvalue()


WHOLE = made()
LONG = sealed(b"a" * CHUNK, b"b" * CHUNK, b"c" * 100)
_HEAD = LONG.index(b"}") + 1 + 64
_STEP = CHUNK + 16


@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(max_size=3 * CHUNK), max_size=4))
def test_what_was_sealed_comes_back_whatever_the_pieces(pieces):
    assert b"".join(pieces) == opened(sealed(*pieces))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])
def test_the_borders_of_a_chunk_are_no_special_case(size):
    assert b"x" * size == opened(sealed(b"x" * size))


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_any_byte_that_is_another_is_refused(at, change):
    harmed = bytearray(WHOLE)
    harmed[at] ^= change

    with pytest.raises(REFUSALS):
        check(io.BytesIO(bytes(harmed)), KEY)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(WHOLE) - 1))
def test_a_file_cut_anywhere_is_refused(length):
    with pytest.raises(REFUSALS):
        check(io.BytesIO(WHOLE[:length]), KEY)


@settings(max_examples=50, deadline=None)
@given(st.binary(min_size=1, max_size=200))
def test_nothing_may_follow_the_end(more):
    with pytest.raises(BackupDamaged):
        check(io.BytesIO(WHOLE + more), KEY)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=500).filter(lambda data: not data.startswith(MAGIC)))
def test_a_file_of_another_kind_is_told_as_such(data):
    with pytest.raises(NotABackup):
        check(io.BytesIO(data), KEY)


@pytest.mark.parametrize("cut", [_HEAD + _STEP, _HEAD + 2 * _STEP])
def test_a_cut_between_two_chunks_is_seen(cut):
    with pytest.raises(BackupDamaged):
        opened(LONG[:cut])


def test_chunks_in_another_order_or_from_another_file_are_seen():
    first, second, rest = (
        LONG[_HEAD : _HEAD + _STEP],
        LONG[_HEAD + _STEP : _HEAD + 2 * _STEP],
        LONG[_HEAD + 2 * _STEP :],
    )
    other = sealed(b"a" * CHUNK, b"b" * CHUNK, b"c" * 100)[_HEAD : _HEAD + _STEP]

    assert 2 * CHUNK + 100 == len(opened(LONG[:_HEAD] + first + second + rest))
    for chunks in (second + first + rest, first + first + rest, second + rest, other + second + rest):
        with pytest.raises(BackupDamaged):
            opened(LONG[:_HEAD] + chunks)


def test_a_wrong_key_is_told_apart_from_damage():
    for wrong in (BackupKey(bytes(32), "key"), BackupKey(KEY.secret, "phrase")):
        with pytest.raises(BackupKeyWrong):
            opened(LONG, wrong)


def test_a_pass_phrase_opens_what_it_sealed_and_no_other_does():
    data = sealed(b"the books", key=phrase_key("four words or five", new=True))

    assert b"the books" == opened(data, phrase_key("four words or five", new=False))
    with pytest.raises(BackupKeyWrong):
        opened(data, phrase_key("four words or fivE", new=False))
    with pytest.raises(BackupRefused):
        phrase_key("too short", new=True)


def test_nothing_of_the_rows_can_be_read_in_the_file():
    assert b"car-" not in WHOLE
    assert b"cars" not in WHOLE
    assert WHOLE.startswith(MAGIC)
    assert sealed(b"same") != sealed(b"same"), "each file has a key of its own"


def test_the_sum_at_the_end_is_compared():
    file = io.BytesIO()
    writer = BackupWriter(file, KEY, BackupAbout("an id", "ds", 0, "0.1.0", NOW))
    writer.collection("cars")
    writer.rows(bson.encode({"_id": 1}))
    writer.finish(BackupSummary(BackupMoment(1, 2), NOW, 0, {"cars": 1}, {"cars": (1, "0" * 64)}))

    with pytest.raises(BackupDamaged):
        check(io.BytesIO(file.getvalue()), KEY)


def _full(path):
    with appearing(path) as file:
        file.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_file_appears_whole_or_not_at_all(tmp_path):
    path = tmp_path / "books.backup"
    with pytest.raises(BackupRefused):
        _full(path)
    assert [] == list(tmp_path.iterdir())

    with appearing(path) as file:
        file.write(b"whole")
        assert [path.name] != [each.name for each in tmp_path.iterdir()]
        assert all(each.name.endswith(PART) for each in tmp_path.iterdir())

    assert b"whole" == path.read_bytes()
    assert 0o600 == path.stat().st_mode & 0o777
    assert [path] == list(tmp_path.iterdir())


def test_a_file_that_is_there_stays_unless_it_is_asked_for(tmp_path):
    path = tmp_path / "books.backup"
    path.write_bytes(b"older")
    with pytest.raises(BackupRefused), appearing(path):
        pytest.fail("nothing is begun")
    with appearing(path, overwrite=True) as file:
        file.write(b"newer")
    assert b"newer" == path.read_bytes()


def test_a_file_that_somebody_makes_meanwhile_stays_too(tmp_path):
    path = tmp_path / "books.backup"
    with pytest.raises(BackupRefused), appearing(path):
        path.write_bytes(b"theirs")

    assert [path] == list(tmp_path.iterdir())
    assert b"theirs" == path.read_bytes()


def test_a_key_file_is_made_once_for_its_owner_and_read_back(tmp_path):
    path = tmp_path / "key"
    key = make_key_file(path)

    assert key == read_key_file(path)
    assert 0o600 == path.stat().st_mode & 0o777
    with pytest.raises(BackupRefused):
        make_key_file(path)


@pytest.mark.parametrize("text", ["", "abc", "g" * 64, "0" * 63, "0" * 66, "é" * 64])
def test_a_key_file_that_holds_no_key_is_refused(tmp_path, text):
    (tmp_path / "key").write_text(text)
    with pytest.raises(BackupRefused):
        read_key_file(tmp_path / "key")
