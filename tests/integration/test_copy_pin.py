"""A PIN that wraps the key of a copy: real files, a keyring, wrong and damaged ones, and changes that are killed."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import keyring
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from keyrings import MemoryKeyring, keyring_in_use

from engine.adapters.disk import pin_lock
from engine.adapters.disk.copy_keys import CopyKeys
from engine.adapters.disk.copy_vault import CopyVault
from engine.domain.car.car import OwnerId
from engine.domain.people.copy_pin import (
    FREE_TRIES,
    LEAST,
    MOST,
    CopyLocked,
    PinDamaged,
    PinTooSoon,
    WrongPin,
    pin_of,
    wait_after,
)
from engine.domain.people.people import AccountName
from engine.domain.reports.copying import CopyHead, CopyManifest, StoredFleet
from engine.domain.shared.errors import InvalidText, NoKeyring, NotFound

ACCOUNT = AccountName("owner")
NAME = "copy:firm:owner"
FLEET = StoredFleet((), (), ())
PINS = st.text("0123456789", min_size=LEAST, max_size=12).filter(lambda pin: len(set(pin)) > 1)
#: Where scripts have their zero.
ZEROS = st.sampled_from(["0", "\u0660", "\u06f0", "\u0966", "\u0e50", "\uff10", "\U0001d7ce"])
generated = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    """A try takes milliseconds."""
    monkeypatch.setattr(pin_lock, "COST", 2**10)


@pytest.fixture
def keys():
    with keyring_in_use(MemoryKeyring()) as made:
        yield made


class Clock:
    def __init__(self):
        self.at = datetime(2026, 11, 30, 9, tzinfo=UTC)

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def vault(tmp_path, keys, clock):
    """Each call is another start of the program, on the same disk and keyring."""

    def started():
        return CopyVault(tmp_path / "firm", CopyKeys(now=clock))

    head = CopyHead(ACCOUNT, "Olga Owner", 1_764_000_000_000, complete=True)
    manifest = CopyManifest(head, OwnerId("owner-1"), "Europe/Berlin", {("fleet", ""): "1"})
    started().write({("fleet", ""): FLEET}, manifest)
    return started


def opens(vault, pin):
    """Whether *pin* opens the copy at another start of the program."""
    fresh = vault()
    try:
        fresh.open(ACCOUNT, pin)
    except WrongPin:
        return False
    return fresh.load(ACCOUNT).fleet == FLEET


def test_a_copy_without_a_pin_opens_as_before_and_asks_for_none(vault):
    assert not vault().has_pin(ACCOUNT)
    assert FLEET == vault().load(ACCOUNT).fleet
    vault().open(ACCOUNT, "")


@generated
@given(pin=PINS)
def test_with_a_pin_nothing_is_read_or_written_before_it_is_typed(vault, keys, pin):
    vault().change_pin(ACCOUNT, "", pin)
    fresh = vault()
    for ask in (fresh.manifest, fresh.load, fresh.fleet, lambda who: fresh.postings(who, "2026-11")):
        with pytest.raises(CopyLocked):
            ask(ACCOUNT)

    assert [ACCOUNT] == [head.account for head in fresh.heads()]
    assert opens(vault, pin)
    assert not any(pin in text for text in keys.kept.values())
    assert [NAME] == [name for _, name in keys.kept]
    vault().change_pin(ACCOUNT, pin, "")


@generated
@given(pin=PINS, other=PINS)
def test_another_pin_opens_nothing_and_changes_nothing(vault, keys, pin, other):
    if pin == other:
        return
    vault().change_pin(ACCOUNT, "", pin)
    kept = dict(keys.kept)
    with pytest.raises(WrongPin):
        vault().open(ACCOUNT, other)
    with pytest.raises(WrongPin):
        vault().change_pin(ACCOUNT, other, "135790")

    assert kept == {name: text for name, text in keys.kept.items() if not name[1].endswith(":tries")}
    vault().change_pin(ACCOUNT, pin, "")
    assert [NAME] == [name for _, name in keys.kept]


@generated
@given(PINS, ZEROS, st.sampled_from(["", " ", "\u202f", "\u200b"]))
def test_digits_of_every_script_are_one_pin(pin, zero, space):
    typed = space.join(chr(ord(zero) + int(digit)) for digit in pin)

    assert pin == pin_of(typed)


@pytest.mark.parametrize(
    "typed", ["", "12345", "abcdef", "12345x", "0" * 6, "\u0661" * 8, "1" + "2" * MOST, "12-34-56"]
)
def test_what_is_no_pin_is_named(typed):
    with pytest.raises(InvalidText) as told:
        pin_of(typed, "new_pin")

    assert "new_pin" == told.value.field


def test_tries_are_slowed_and_a_new_start_of_the_program_does_not_help(vault, keys, clock):
    vault().change_pin(ACCOUNT, "", "246810")
    waits = []
    for _ in range(FREE_TRIES + 9):
        with pytest.raises(WrongPin) as told:
            vault().open(ACCOUNT, "135791")
        waits.append(told.value.wait)
        if waits[-1]:
            with pytest.raises(PinTooSoon) as told:
                vault().open(ACCOUNT, "246810")
            assert waits[-1] == told.value.wait
        clock.at += waits[-1]

    assert waits[: FREE_TRIES - 1] == [timedelta(0)] * (FREE_TRIES - 1)
    assert waits[FREE_TRIES - 1 :] == sorted(waits[FREE_TRIES - 1 :])
    assert timedelta(seconds=30) == waits[FREE_TRIES - 1]
    assert timedelta(hours=1) == waits[-1] == wait_after(10**9)
    vault().open(ACCOUNT, "246810")
    with pytest.raises(WrongPin) as told:
        vault().open(ACCOUNT, "135791")
    assert timedelta(0) == told.value.wait


def test_a_clock_that_was_set_back_makes_nobody_wait_longer_than_from_now_on(vault, clock):
    vault().change_pin(ACCOUNT, "", "246810")
    for _ in range(FREE_TRIES):
        with pytest.raises(WrongPin):
            vault().open(ACCOUNT, "135791")
    clock.at -= timedelta(days=400)
    with pytest.raises(PinTooSoon):
        vault().open(ACCOUNT, "246810")
    clock.at += timedelta(seconds=30)

    vault().open(ACCOUNT, "246810")


def test_a_try_that_was_killed_is_counted(vault, monkeypatch):
    vault().change_pin(ACCOUNT, "", "246810")

    def killed(*_anything):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("engine.adapters.disk.copy_keys.unwrap", killed)
        for _ in range(FREE_TRIES):
            with pytest.raises(KeyboardInterrupt):
                vault().open(ACCOUNT, "135791")

    with pytest.raises(PinTooSoon):
        vault().open(ACCOUNT, "135791")


@generated
@given(at=st.integers(0, 10**6), bit=st.integers(0, 7))
def test_damage_is_told_from_a_wrong_pin_and_takes_no_copy_away(vault, keys, at, bit):
    vault().change_pin(ACCOUNT, "", "246810")
    where = ("drivesphere", NAME)
    whole = keys.kept[where]
    mark, _, sealed = whole.partition(":")
    data = bytearray(base64.b64decode(sealed))
    data[at % len(data)] ^= 1 << bit
    keys.kept[where] = f"{mark}:{base64.b64encode(data).decode()}"
    with pytest.raises(PinDamaged):
        vault().open(ACCOUNT, "246810")
    with pytest.raises(CopyLocked):
        vault().manifest(ACCOUNT)
    keys.kept[where] = whole

    assert opens(vault, "246810")
    vault().change_pin(ACCOUNT, "246810", "")


@pytest.mark.parametrize("text", ["pin1:", "pin1:AAAA", "pin1:!!", "pin1:" + "A" * 5000])
def test_what_cannot_be_read_as_a_wrapped_key_is_damaged(vault, keys, text):
    keys.kept["drivesphere", NAME] = text

    with pytest.raises(PinDamaged):
        vault().open(ACCOUNT, "246810")


def test_a_wrapped_key_opens_under_its_own_name_only():
    wrapped = pin_lock.wrap(b"k" * 32, "246810", NAME)

    assert b"k" * 32 == pin_lock.unwrap(wrapped, "246810", NAME)
    with pytest.raises(WrongPin):
        pin_lock.unwrap(wrapped, "246810", "copy:firm:other")


def test_a_cost_that_this_computer_could_not_pay_is_damage_and_not_tried(monkeypatch):
    monkeypatch.setattr(pin_lock, "COST", 2**10)
    wrapped = pin_lock.wrap(b"k" * 32, "246810", NAME)
    monkeypatch.setattr(pin_lock, "_MOST_COST", 2**9)

    with pytest.raises(PinDamaged):
        pin_lock.unwrap(wrapped, "246810", NAME)


class Killed(BaseException):
    pass


class DyingKeyring(MemoryKeyring):
    """As macOS's: takes the old one away before it puts the new one down; the process is killed at one of its steps."""

    def __init__(self, kept, steps):
        super().__init__()
        self.kept, self.steps = kept, steps

    def _step(self):
        if self.steps == 0:
            raise Killed
        self.steps -= 1

    def set_password(self, service, username, password):
        self._step()
        self.kept.pop((service, username), None)
        self._step()
        super().set_password(service, username, password)
        self._step()

    def delete_password(self, service, username):
        self._step()
        super().delete_password(service, username)
        self._step()


@pytest.mark.parametrize("step", range(20))
@pytest.mark.parametrize(("old", "new"), [("", "246810"), ("135791", "246810"), ("135791", "")])
def test_a_change_that_is_killed_leaves_the_old_pin_or_the_new_one_and_never_neither(vault, keys, step, old, new):
    if old:
        vault().change_pin(ACCOUNT, "", old)
    keyring.set_keyring(DyingKeyring(keys.kept, step))
    try:
        vault().change_pin(ACCOUNT, old, new)
        finished = True
    except Killed:
        finished = False
    keyring.set_keyring(keys)
    works = [pin for pin in (old, new) if vault().has_pin(ACCOUNT) == bool(pin) and opens(vault, pin)]

    assert len(works) == 1
    assert works == [new] or not finished
    assert not [name for _, name in keys.kept if name.endswith(":next")]


def test_forgetting_takes_all_of_it_along(vault, keys, tmp_path):
    vault().change_pin(ACCOUNT, "", "246810")
    with pytest.raises(WrongPin):
        vault().open(ACCOUNT, "135791")
    vault().forget(ACCOUNT)

    assert {} == keys.kept
    assert [] == list((tmp_path / "firm").iterdir())
    with pytest.raises(NotFound):
        vault().open(ACCOUNT, "246810")


def test_what_is_made_anew_keeps_its_pin(vault, keys):
    vault().change_pin(ACCOUNT, "", "246810")
    one = vault()
    one.open(ACCOUNT, "246810")
    before = one.manifest(ACCOUNT)
    one.clear(ACCOUNT)
    one.write({("fleet", ""): FLEET}, before)

    assert vault().has_pin(ACCOUNT)
    assert opens(vault, "246810")


def test_where_the_keyring_went_away_it_is_said(vault):
    from keyrings import NoneKeyring  # noqa: PLC0415 -- beside the one that keeps, keyring_in_use

    keyring.set_keyring(NoneKeyring())
    with pytest.raises(NoKeyring):
        vault().open(ACCOUNT, "246810")
