from engine.domain.booking.wish_errors import NobodyCarries, WishUnanswered
from engine.domain.people.renter_errors import RenterOvertaken
from engine.domain.shared import errors
from engine.domain.shared.errors import Contended, DriveSphereError, Overtaken, ServersFailed, Unavailable


def tree(root):
    return {root}.union(*(tree(child) for child in root.__subclasses__()))


def test_every_error_has_a_code_of_its_own():
    codes = [error.code for error in tree(DriveSphereError)]

    assert len(codes) == len(set(codes))


def test_only_what_may_pass_by_itself_is_worth_another_try():
    assert {Contended, NobodyCarries, Overtaken, RenterOvertaken, ServersFailed, Unavailable, WishUnanswered} == {
        error for error in tree(DriveSphereError) if error.retryable
    }


def test_the_tree_at_the_top_of_the_page_shows_every_error():
    """By its name, or by that of a module whose errors are on a page of their own."""
    told = errors.__doc__
    missing = {
        error.__name__
        for error in tree(DriveSphereError)
        if error.__name__ not in told and error.__module__.removeprefix("engine.domain.") not in told
    }
    assert not missing
