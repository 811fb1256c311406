"""What an audit row tells of a change."""

from engine.domain.firm.audit import changed


def test_only_the_fields_that_differ_are_told():
    before = {"status": "active", "plate": "B-DS 1", "reason": "x"}
    after = {"status": "retired", "plate": "B-DS 1", "note": "y"}

    assert ({"status": "active", "reason": "x"}, {"status": "retired", "note": "y"}) == changed(before, after)


def test_nothing_changed_tells_nothing():
    assert ({}, {}) == changed({"plate": "B-DS 1"}, {"plate": "B-DS 1"})
