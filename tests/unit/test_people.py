import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.people.accounts import account_name, mistakes, sign_in_name
from engine.domain.people.people import MAY, Actor, Deed, Renter, Role, read_email
from engine.domain.shared.errors import Forbidden, InvalidText


def actor(role):
    return Actor("ada", "Ada", role)


def test_every_role_is_in_the_table():
    assert set(Role) == set(MAY)


def test_every_deed_is_allowed_to_somebody():
    assert set(Deed) == set().union(*MAY.values())


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("deed", Deed)
def test_S3_who_may_not_is_stopped(role, deed):
    if deed in MAY[role]:
        actor(role).must(deed)
        return

    with pytest.raises(Forbidden) as caught:
        actor(role).must(deed)

    assert "account.forbidden" == caught.value.code


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMIN}))
def test_S1_only_admins_manage_accounts(role):
    assert not actor(role).may(Deed.MANAGE_ACCOUNTS)


def test_owners_neither_book_nor_see_renters():
    assert not MAY[Role.OWNER] & {Deed.BOOK, Deed.SEE_RENTERS, Deed.SEE_BRANCH_BOOKINGS, Deed.SEE_ALL_BOOKINGS}


def test_only_owners_see_an_owners_earnings():
    assert {Role.OWNER} == {role for role in Role if Deed.SEE_OWN_EARNINGS in MAY[role]}


def test_the_worker_sees_no_personal_data():
    assert Deed.SEE_RENTERS not in MAY[Role.WORKER]


TYPED = {
    "name": (st.sampled_from(["Nele", "Ünal Öz", "李小龙"]), st.sampled_from(["", " ", "\u200b", "x" * 121])),
    "account": (st.sampled_from(["nele", "N.V", " ab "]), st.sampled_from(["", "x y", "a", "root", "ä" * 41])),
    "email": (st.sampled_from(["", "n@example.org"]), st.sampled_from(["nobody", "@", "a@b c"])),
    "phone": (st.sampled_from(["", "+49 30 901820"]), st.sampled_from(["12", "telephone", "+0"])),
}


@given(data=st.data(), wrong=st.sets(st.sampled_from(sorted(TYPED))), new=st.booleans())
def test_every_field_that_cannot_stay_is_named_at_once(data, wrong, new):
    typed = {name: data.draw(ways[name in wrong]) for name, ways in TYPED.items()}
    if not new:
        del typed["account"]
    assert [name for name in typed if name in wrong] == [each.field for each in mistakes(**typed)]


LOCAL = st.text("aZ\u00df\u00e9\u0131K09._+-'\u00dc", min_size=1, max_size=12)
HOST = st.lists(st.text("abcXYZ09\u00df\u00fc", min_size=1, max_size=8), min_size=2, max_size=3).map(".".join)
#: What copying out of a mail, a page or a sheet puts around an address.
AROUND = st.sampled_from(
    [
        ("", ""),
        (" ", "\u200b"),
        ("\ufeff", "\u00ad"),
        ("\u2068", "\u2069"),
        ("<", ">"),
        ("\u2039", "\u203a"),
        ("Jens Gro\u00df <", ">"),
        ("mailto:", ""),
        ("MAILTO:", "?subject=Your%20car"),
        ("<mailto:", ">"),
        ("", "\n"),
        ("\t", "\u202f"),
    ]
)


@given(LOCAL, HOST, AROUND)
def test_what_stands_before_the_at_is_kept_as_typed_and_nothing_around_the_address(local, host, around):
    kept = read_email(f"{around[0]}{local}@{host}{around[1]}")

    assert f"{local}@{host.lower()}" == kept
    assert kept == read_email(kept)


def test_an_address_is_not_made_another_persons():
    assert "jens.gro\u00df@stra\u00dfe.example" == read_email("jens.gro\u00df@Stra\u00dfe.Example")
    assert "Ada.M@example.org" == read_email("Ada.M\uff20EXAMPLE\u3002org")


@given(LOCAL, HOST)
def test_addresses_are_compared_without_case(local, host):
    one = Renter("r", "Ada", f"{local}@{host}", "+4930901820", "B 1").keys
    other = Renter("r", "Ada", f"{local.upper()}@{host.upper()}".replace("I", "i"), "+4930901820", "B 1").keys

    assert one == other


@pytest.mark.parametrize(
    "typed",
    ["", "a@b", "a b@example.org", "<a@example.org", "a@example.org>", "a@b@example.org", "a@example.org,b", "mailto:"],
)
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(InvalidText) as caught:
        read_email(typed)

    assert "email" == caught.value.field


@given(st.from_regex(r"[a-z][a-z0-9._-]{2,12}", fullmatch=True), st.sampled_from(["", " ", "\u200b", "\ufeff", "\t"]))
def test_a_name_to_sign_in_is_the_stored_one_however_it_is_typed(stored, pasted):
    assert stored == sign_in_name(f"{pasted}{stored.upper()}{pasted}") == sign_in_name(stored)
    assert sign_in_name(stored.upper()) == account_name(f"z{stored.upper()}")[1:]
