import pytest

from engine.domain.errors import Forbidden
from engine.domain.people import MAY, Actor, Deed, Role


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
