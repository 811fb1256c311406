"""Papers: what they may say, what tax they bear, how they are chained, and what may be credited."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paper_builders import ADA, CAR, CODED, EXEMPT, FIRM, OUT, RATES, STANDARD, line, paper_wish

from engine.adapters.mongo.codec.papers import paper_document, paper_of
from engine.domain.health.backup import Epoch
from engine.domain.money.money import Money
from engine.domain.papers.branch_codes import proposed_code, sound_code
from engine.domain.papers.credits import credit, credits_wrong, spread
from engine.domain.papers.drafts import MOST_LINES, drafted, tax_point
from engine.domain.papers.errors import PaperRefused
from engine.domain.papers.legal import LegalDecision, TaxDecision, TaxRate, legal_at, rates_at, sound_legal, sound_rate
from engine.domain.papers.paper import Content, Correction, Draft, PaperKind, PaperMark, PaperSignature
from engine.domain.papers.series import (
    ChainLook,
    LostNumbers,
    begun,
    following,
    gone_on,
    issued,
    preceding,
    read_number,
    series_id,
    unconfirmed,
)
from engine.domain.papers.taxes import tax_within, taxed
from engine.domain.people.people import AccountName
from engine.domain.shared.canonical import canonical, hash_of
from engine.domain.shared.errors import InvalidText

BY = AccountName("clerk")
NOW = datetime(2026, 12, 12, 10, tzinfo=UTC)


def body(wish=None):
    return drafted(wish or paper_wish(), CODED, FIRM, RATES, BY)


def issue(*bodies, now=NOW):
    """Papers of one series, and where it stands then."""
    series = begun("BER-2026-INV", now)
    papers = []
    for at, each in enumerate(bodies):
        paper, series = issued(Draft(f"paper-{at}", each), series, now + timedelta(seconds=at))
        papers.append(paper)
    return papers, series


def looked(papers, series):
    look = ChainLook(series)
    for each in papers:
        look.look(each)
    look.end()
    return [(each.what, each.n) for each in look.wrong]


def note(original, earlier=(), wanted=None):
    lines, taxes = credit(original, earlier, wanted)
    told = Correction(original.id, original.number, original.issued_at, len(earlier) + 1, "wrong")
    content = Content(original.body.content.buyer, lines)
    changed = replace(original.body, kind=PaperKind.CREDIT_NOTE, content=content, taxes=taxes, corrects=told)
    return issued(Draft(f"note-{len(earlier)}", changed), begun("BER-2026-CRN", NOW), NOW)[0]


def euros(minor):
    return Money(minor, "EUR")


def test_tax_is_counted_once_for_each_code_and_never_by_line():
    # 3 x 0.33: by line 0.05 each, 0.15 in sum; once 0.16.
    lines = [line(33, 1), line(33, 1), line(33, 1), line(10_00, 1, tax="exempt")]

    standard, exempt = taxed(lines, RATES, "EUR")

    assert (83, 16, 99) == (standard.net.minor, standard.tax.minor, standard.gross.minor)
    assert (10_00, 0, EXEMPT.note) == (exempt.net.minor, exempt.tax.minor, exempt.note)


@given(st.integers(-(10**9), 10**9), st.integers(0, 10_000))
def test_what_is_added_to_a_net_is_what_was_taken_out_of_the_gross(gross, rate):
    tax = tax_within(euros(gross), rate).minor
    net = gross - tax

    assert abs(tax * 10_000 - net * rate) <= 10_000 + rate
    assert tax_within(euros(-gross), rate).minor == -tax


def test_a_code_that_the_firm_has_no_rate_for_is_refused_by_name():
    with pytest.raises(PaperRefused) as told:
        body(paper_wish(lines=(line(tax="luxury"),)))

    assert ("paper.no_rate", "luxury") == (told.value.said.code, told.value.said.facts["code"])


def test_the_rate_is_that_of_the_day_on_which_the_service_was_given():
    until = OUT + timedelta(days=3)
    later = TaxDecision(2, until + timedelta(days=1), replace(STANDARD, rate_bp=2100), BY, NOW)
    rates = [TaxDecision(1, OUT, STANDARD, BY, NOW), later]
    content = paper_wish().content

    assert 1900 == rates_at(rates, tax_point(content, until + timedelta(days=9)))["standard"].rate_bp
    assert OUT == tax_point(content, OUT), "on account, while it is not given yet"
    assert 2100 == rates_at(rates, later.valid_from)["standard"].rate_bp
    assert 0 == rates_at([], NOW)["none"].rate_bp


def test_of_two_decisions_for_one_moment_the_later_one_holds():
    first = LegalDecision(1, OUT, FIRM, BY, NOW)
    second = LegalDecision(2, OUT, replace(FIRM, name="Neue GmbH"), BY, NOW)

    assert "Neue GmbH" == legal_at([second, first], OUT).name
    assert legal_at([first], OUT - timedelta(seconds=1)) is None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"seller": None}, "paper.no_legal"),
        ({"branch": replace(CODED, code_confirmed=False)}, "paper.no_code"),
        ({"wish": paper_wish(lines=())}, "paper.no_lines"),
    ],
)
def test_no_paper_is_issued_without_what_the_law_wants_on_it(change, code):
    told = {"wish": paper_wish(), "branch": CODED, "seller": FIRM, "rates": RATES, "by": BY, **change}

    with pytest.raises(PaperRefused) as refused:
        drafted(**told)

    assert code == refused.value.said.code


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (paper_wish(buyer=replace(ADA, address=" ")), "address"),
        (paper_wish(language="xx"), "language"),
        (paper_wish(lines=(line(quantity=0),)), "quantity"),
        (paper_wish(lines=(replace(line(), gross=euros(1)),)), "lines"),
        (paper_wish(lines=(replace(line(), unit_price=Money(1, "USD")),)), "lines"),
        (paper_wish(lines=(line(),) * (MOST_LINES + 1)), "lines"),
        (paper_wish(lines=(line(detail="\x00"),)), "detail"),
        (paper_wish(car=replace(CAR, body="boat")), "body"),
        (paper_wish(marks=(PaperMark(1, "scratch", view="below", x=1, y=1),)), "marks"),
        (paper_wish(marks=(PaperMark(1, "scratch", view="left", x=10_001, y=1),)), "marks"),
        (paper_wish(marks=(PaperMark(1, "scratch", view="left"),)), "marks"),
        (paper_wish(signatures=(PaperSignature("Ada", "renter", OUT, ink="1,2 3;4,5"),)), "ink"),
        (paper_wish(signatures=(PaperSignature("Ada", "renter", OUT, ink=" ".join(["1,2"] * 30_000)),)), "ink"),
        (paper_wish(supply=replace(paper_wish().content.supply, ends_at=OUT)), "supply"),
    ],
)
def test_what_cannot_be_on_a_paper_is_named_by_its_field(wish, field):
    with pytest.raises(InvalidText) as told:
        body(wish)

    assert field == told.value.field


def test_terms_stand_on_the_agreement_alone():
    assert "" == body().seller.terms
    assert FIRM.terms == body(paper_wish(PaperKind.AGREEMENT, lines=())).seller.terms


def test_canonical_bytes_leave_out_what_is_empty_and_know_no_order():
    assert b'{"a":"x","b":[{"currency":"EUR","minor":0}]}' == canonical({"b": (euros(0),), "a": "x", "c": "", "d": ()})
    assert canonical(body()) == canonical(replace(body(), corrects=None))
    with pytest.raises(TypeError):
        canonical({"a": 1.5})


def test_what_is_stored_has_the_hash_of_what_was_issued():
    wishes = [paper_wish(kind, lines=(line(), line(-5_00, 1, kind="discount"))) for kind in PaperKind]
    papers, series = issue(*map(body, wishes))

    stored = [paper_of(paper_document(each)) for each in papers]

    assert papers == stored
    assert [("series", n) for n in range(2, 7)] == looked(stored, series)


def test_numbers_have_no_gap_and_times_no_step_back():
    series = begun("BER-2026-INV", NOW)
    first, series = issued(Draft("a", body()), series, NOW)
    second, series = issued(Draft("b", body()), series, NOW - timedelta(seconds=5))

    assert ("BER-2026-INV-0001", "BER-2026-INV-0002") == (first.number, second.number)
    assert (NOW, first.hash) == (second.issued_at, second.prev_hash)
    assert [] == looked([first, second], series)


def test_whatever_is_changed_taken_out_or_put_between_is_found():
    (one, two, three), series = issue(body(), body(), body())
    cheap = replace(two, body=replace(two.body, taxes=()))

    assert [] == looked([one, two, three], series)
    assert [("gap", 2)] == looked([one, three], series)
    assert [("next", 4)] == looked([one, two], series)
    assert [("changed", 2)] == looked([one, cheap, three], series)
    assert [("last", 3)] == looked([one, two, three], replace(series, last_hash=one.hash))
    forged, _ = issued(Draft("x", body()), replace(series, next=3, last_hash=one.hash), NOW + timedelta(minutes=1))
    assert ("chain", 3) in looked([one, two, forged], series)


def test_a_year_begins_at_midnight_in_the_branch():
    berlin, lisbon = "Europe/Berlin", "Europe/Lisbon"
    midnight = datetime(2026, 12, 31, 23, tzinfo=UTC)

    assert "BER-2027-INV" == series_id("BER", PaperKind.INVOICE, midnight, berlin)
    assert "LIS-2026-INV" == series_id("LIS", PaperKind.INVOICE, midnight, lisbon)


def test_a_number_is_read_as_people_type_it():
    assert ("BER-2026-INV", 413) == read_number(" ber-2026-inv-0413 ")
    assert ("BER-2026-INV", 12_345) == read_number("BER-2026-INV-12345")
    assert read_number("0413") is None


def test_a_credit_of_everything_takes_back_every_line_and_all_tax():
    (invoice,), _ = issue(body(paper_wish(lines=(line(), line(-5_00, 1), line(7_00, 1, tax="reduced")))))

    whole = note(invoice)

    assert (invoice.body.total, invoice.body.taxes) == (whole.body.total, whole.body.taxes)
    with pytest.raises(PaperRefused) as told:
        note(invoice, [whole])
    assert "paper.credit_nothing" == told.value.said.code


@pytest.mark.parametrize("minor", [0, -1, 111_01])
def test_no_line_is_credited_above_itself_or_against_its_sign(minor):
    (invoice,), _ = issue(body())

    with pytest.raises(PaperRefused) as told:
        note(invoice, [], {1: euros(minor)})

    assert ("paper.credit_above", "11100") == (told.value.said.code, told.value.said.facts["left"])


def test_what_was_credited_before_counts_and_a_strange_line_is_named():
    (invoice,), _ = issue(body())
    half = note(invoice, [], {1: euros(60_00)})

    with pytest.raises(PaperRefused):
        note(invoice, [half], {1: euros(51_01)})
    with pytest.raises(PaperRefused) as told:
        note(invoice, [half], {2: euros(1)})
    assert "paper.credit_no_line" == told.value.said.code


@given(st.lists(st.integers(1, 1_300), min_size=1, max_size=8))
def test_credits_in_parts_take_back_the_tax_of_the_invoice_to_the_cent(cuts):
    (invoice,), _ = issue(body())
    notes = []
    for cut in cuts:
        notes.append(note(invoice, notes, {1: euros(cut)}))
    notes.append(note(invoice, notes))

    assert invoice.body.taxes[0].tax.minor == sum(each.body.taxes[0].tax.minor for each in notes)
    assert not credits_wrong(invoice, notes)


def test_credits_that_are_too_much_or_of_nothing_are_told():
    (invoice,), _ = issue(body())
    whole = note(invoice)
    again = replace(whole, body=replace(whole.body, corrects=replace(whole.body.corrects, turn=2)))

    assert credits_wrong(invoice, [whole, again])
    assert credits_wrong(invoice, [again])
    assert credits_wrong(None, [whole])
    dollars = tuple(replace(each, gross=Money(1, "USD")) for each in whole.body.content.lines)
    assert credits_wrong(invoice, [replace(whole, body=replace(whole.body, content=Content(ADA, dollars)))])
    assert credits_wrong(whole, [whole])


@pytest.mark.parametrize(
    ("city", "taken", "code"),
    [
        ("Berlin", (), "BER"),
        ("Berlin", {"BER", "BE2"}, "BE3"),
        ("München", (), "MUN"),
        ("Łódź", (), "LOD"),
        ("東京", (), "XXX"),
        ("Å", (), "AXX"),
    ],
)
def test_a_branch_is_called_by_the_first_letters_of_its_city(city, taken, code):
    assert code == proposed_code(city, taken) == sound_code(code.lower())


@pytest.mark.parametrize("code", ["", "B", "1BE", "TOOLONG", "BÄR", "B-R"])
def test_a_code_is_what_fits_into_a_number(code):
    with pytest.raises(InvalidText):
        sound_code(code)


@pytest.mark.parametrize(
    ("change", "field"),
    [({"name": ""}, "name"), ({"vat_id": "12"}, "vat_id"), ({"iban": "X"}, "iban"), ({"email": "@"}, "email")],
)
def test_legal_data_that_cannot_be_are_named_by_their_field(change, field):
    with pytest.raises(InvalidText) as told:
        sound_legal(replace(FIRM, **change))

    assert field == told.value.field


def test_numbers_are_kept_without_the_blanks_they_are_written_with():
    told = sound_legal(replace(FIRM, vat_id="de 123 456 789", iban="DE02 1203 0000 0000 2020 51", terms=" a \n\n b "))

    assert ("DE123456789", FIRM.iban, "a\n\nb") == (told.vat_id, told.iban, told.terms)


@pytest.mark.parametrize(
    "rate", [TaxRate("Standard", 1900), TaxRate("standard", -1), TaxRate("exempt", 0), TaxRate("none", 1900)]
)
def test_a_rate_has_a_plain_code_and_says_why_where_nothing_is_borne(rate):
    with pytest.raises(InvalidText):
        sound_rate(rate)


def test_numbers_that_were_lost_are_passed_over_in_both_directions():
    lost = [LostNumbers("BER-2026-INV", first, last, "restored", BY, NOW) for first, last in ((3, 5), (6, 6))]

    assert [2, 7, 8] == [following(n, lost) for n in (1, 2, 7)]
    assert [0, 1, 2, 7] == [preceding(n, lost) for n in (1, 2, 7, 8)]


def test_a_series_that_goes_on_above_lost_numbers_is_whole_and_another_gap_is_not():
    (one, two), series = issue(body(), body())
    again = gone_on(series, 5, "life")
    later, last = issued(Draft("later", body()), again, NOW + timedelta(hours=1))
    lost = LostNumbers(series.id, 3, 5, "restored", BY, NOW)

    def wrong(*papers, told=(lost,)):
        look = ChainLook(last, told)
        for each in papers:
            look.look(each)
        look.end()
        return [(each.what, each.n) for each in look.wrong]

    assert (6, two.hash) == (later.n, later.prev_hash)
    assert [] == wrong(one, two, later)
    assert [("gap", 3)] == wrong(one, two, later, told=())
    assert [("gap", 2)] == wrong(one, later)[:1]
    assert [("next", 7)] == wrong(one, two)
    with pytest.raises(PaperRefused):
        gone_on(series, 1, "life")


def test_only_series_of_years_that_a_restore_may_have_cut_wait_for_somebodys_word():
    epoch = Epoch("life", datetime(2026, 12, 31, 22, 30, tzinfo=UTC), NOW, "root")
    zone = "Europe/Berlin"
    series = begun("BER-2026-INV", NOW)

    assert unconfirmed(series, series.id, epoch, zone)
    assert unconfirmed(None, series.id, epoch, zone)
    assert not unconfirmed(series, series.id, None, zone)
    assert not unconfirmed(replace(series, epoch="life"), series.id, epoch, zone)
    assert unconfirmed(replace(series, epoch="life before"), series.id, epoch, zone)
    assert not unconfirmed(None, "BER-2027-INV", epoch, zone)


def test_a_forged_paper_with_a_sound_hash_and_no_zone_is_told_and_ends_no_look():
    forged = replace(body(), zone="Mars/Olympus")
    paper, series = issued(Draft("x", body()), begun("BER-2026-INV", NOW), NOW)
    seal = hash_of(paper.prev_hash, paper.id, paper.series, paper.n, paper.issued_at, forged)

    told = replace(paper, body=forged, hash=seal)

    assert [("series", 1)] == looked([told], replace(series, last_hash=seal))


@given(
    lines=st.lists(st.integers(1, 10_000), min_size=1, max_size=6),
    share=st.integers(1, 10_000),
)
def test_what_is_given_back_is_spread_to_the_cent_and_no_line_gets_more_than_is_left(lines, share):
    left = {n: Money(minor, "EUR") for n, minor in enumerate(lines, 1)}
    amount = Money(max(1, sum(lines) * share // 10_000), "EUR")

    spread_out = spread(left, amount)

    assert amount.minor == sum(each.minor for each in spread_out.values())
    assert all(0 < each.minor <= left[n].minor for n, each in spread_out.items())


@pytest.mark.parametrize("minor", [0, -1, 101])
def test_neither_nothing_nor_more_than_is_left_is_spread(minor):
    with pytest.raises(PaperRefused):
        spread({1: Money(100, "EUR")}, Money(minor, "EUR"))
