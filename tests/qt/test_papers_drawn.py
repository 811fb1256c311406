"""Papers as PDF: what the law wants stands on them, nothing is cut, and the same paper is always the same file."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from string import Formatter

import pytest
from drawn_papers import ISSUED, credited, issued_paper, lowest_of, numbered, pages_of, text_of
from paper_builders import ADA, CAR, EXEMPT, FIRM, line
from pypdf import PdfReader
from PySide6.QtCore import QBuffer, QHashSeed, QIODevice
from PySide6.QtGui import QImage

from desktop.papers.pdf import drawn
from desktop.papers.template import template_of
from desktop.papers.writing import Writing
from engine.domain.car.body_parts import parts_of
from engine.domain.car.body_type import BodyType
from engine.domain.car.condition import LEAST_SEVERE, MOST_SEVERE, MarkKind
from engine.domain.money.money import Money
from engine.domain.money.pricing import LineKind
from engine.domain.papers.drafts import TEMPLATE
from engine.domain.papers.errors import PaperRefused
from engine.domain.papers.legal import LANGUAGES
from engine.domain.papers.of_booking import paper_kind
from engine.domain.papers.paper import PaperDriver, PaperKind, PaperLeg, PaperMark, PaperPayment, PaperSignature

pytestmark = pytest.mark.usefixtures("qapp")
ROOT = Path(__file__).resolve().parents[2]
LINES = (
    line(note="booked price"),
    line(5_00, 3, kind="extra", detail="Child seat"),
    line(-11_10, 1, kind="discount", detail="10 % for regulars", unit="piece"),
    line(12_00, 1, kind="fuel", detail="1/8 missing", unit="eighth", tax="reduced"),
    line(30_00, 1, kind="other", detail="Insurance", unit="piece", tax="exempt"),
)
PAID = (
    PaperPayment("terminal", Money(60_00, "EUR"), ISSUED, "A 1234"),
    PaperPayment("prepaid", Money(51_00, "EUR"), ISSUED, "BER-2026-REC-0007"),
)


@pytest.fixture(scope="module")
def invoice(qapp_cls):
    return issued_paper(lines=LINES, payments=PAID, buyer=replace(ADA, vat_id="FR12345678901"), booking_id="NBZW-R502")


#: Directive 2006/112/EC, Art. 226: item -> what of it stands on the invoice.
ITEMS = {
    "1 date of issue": ("Date of issue 12 December 2026",),
    "2 sequential number that identifies it": ("Invoice", "BER-2026-INV-0413"),
    "3 the supplier's VAT number": ("VAT id DE123456789",),
    "4 the customer's VAT number": ("VAT id FR12345678901",),
    "5 full names and addresses of both": (FIRM.name, FIRM.address, ADA.name, ADA.address),
    "6 extent and nature of the services": (
        "Rental Citroën C3 B-XB 2778",
        "3 days",
        "Extra: Child seat",
        "Fuel: 1/8 missing",
    ),
    "7 date of the supply, and of payment on account": (
        "Out Wed 9 Dec 2026, 07:30 CET",
        "Back Sat 12 Dec 2026, 07:30 CET",
        "Sat 12 Dec 2026, 09:46 CET",
        "BER-2026-REC-0007",
    ),
    "8 taxable amount per rate": ("VAT 19 % on 96.55", "VAT 7 % on 11.21", "No VAT on 30.00"),
    "8 unit price without VAT": ("31.0924", "4.2017", "11.2150"),
    "8 discounts": ("Discount: 10 % for regulars", "-9.3277", "-11.10"),
    "9 rate of VAT": ("19 %", "7 %", "0 %"),
    "10 amount of VAT": ("18.35", "0.79"),
    "11 why it is exempt": (EXEMPT.note,),
}


@pytest.mark.parametrize("item", ITEMS)
def test_what_the_directive_asks_for_stands_on_the_invoice(invoice, item):
    text = text_of(drawn(invoice).data)

    assert [] == [each for each in ITEMS[item] if each not in text]


def test_what_is_paid_is_taken_off_and_every_sum_is_there(invoice):
    text = text_of(drawn(invoice).data)

    for words in ("Net 137.76", "Total EUR 156.90", "Paid 111.00", "To pay 45.90", "Card terminal, A 1234"):
        name, _, number = words.rpartition(" ")
        assert name in text
        assert number in text


def test_reverse_charge_is_said_in_the_words_of_the_firm():
    paper = issued_paper(lines=(line(tax="exempt"),))
    reverse = replace(paper.body.taxes[0], note="Reverse charge")

    assert "Reverse charge" in text_of(drawn(numbered(replace(paper.body, taxes=(reverse,)))).data)


def test_a_credit_note_names_what_it_corrects_and_why():
    """Art. 219."""
    text = text_of(drawn(credited(issued_paper())).data)

    assert "Credit note" in text
    assert "Corrects invoice BER-2026-INV-0413 of 12 December 2026" in text
    assert "Reason: Wrong car" in text
    assert "Credited EUR" in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", PaperKind)
def test_every_kind_is_drawn_in_every_language_with_its_title(kind, language):
    paper = credited(issued_paper(language=language)) if kind is PaperKind.CREDIT_NOTE else issued_paper(kind, language)
    words = template_of(TEMPLATE, language).habits["words"]
    text = text_of(drawn(paper).data)

    assert words[f"title.{kind}"] in text
    assert paper.number in text
    assert "{" not in text


def test_an_agreement_has_drivers_marks_terms_and_what_was_signed():
    signed = (
        PaperSignature("Ada Moreau", "renter", ISSUED, "3f" * 32),
        PaperSignature("Lena Seidel", "counter", ISSUED),
    )
    driver = PaperDriver("Ada Moreau", "1992-02-02", "17AB12345", "2014-05-03", "2031-08-14", "Passport")
    marks = (PaperMark(1, "Bumper rear left, scratch"), PaperMark(2, "Wheel front right, kerbed", new=True))
    paper = issued_paper(
        PaperKind.AGREEMENT, payments=PAID, signatures=signed, drivers=(driver,), marks=marks, notes=("Late: 12.00.",)
    )

    text = text_of(drawn(paper).data)

    for words in (
        "2 Feb 1992", "3 May 2014 to 14 Aug 2031", "1 Bumper rear left, scratch", "kerbed (new)", "Late: 12.00.",
        "Ada Moreau, renter", f"Lena Seidel, for {FIRM.name}", "3f3f3f3f 3f3f3f3f", "Terms of rental 2026-03",
        "The renter brings the car back as it was.", "A 1234",
    ):  # fmt: skip
        assert words in text


def test_the_same_paper_is_the_same_file_on_any_thread(invoice):
    first, found = drawn(invoice), []
    beside = threading.Thread(target=lambda: found.append(drawn(invoice)))
    beside.start()
    beside.join()

    assert found == [first]
    assert drawn(issued_paper(n=414)).data != first.data


def test_the_same_paper_is_the_same_file_whatever_order_this_programs_hashes_have(invoice):
    seen = set()
    for _ in range(12):
        QHashSeed.resetRandomGlobalSeed()
        seen.add(drawn(invoice).sha256)

    assert 1 == len(seen)


_ELSEWHERE = """
import sys
sys.path[:0] = ["tests/support"]
from desktop.papers.pdf import drawn_alone
from drawn_papers import issued_paper
sys.stdout.write(drawn_alone(issued_paper()).sha256)
"""


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata"])
def test_the_same_paper_is_the_same_file_in_another_program_zone_and_language(zone):
    habits = {"TZ": zone, "LC_ALL": "de_DE.UTF-8", "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-c", _ELSEWHERE]
    ran = subprocess.run(command, cwd=ROOT, env=habits, capture_output=True, text=True, check=True)  # noqa: S603 -- ours

    assert drawn(issued_paper()).sha256 == ran.stdout


def test_the_file_tells_the_papers_own_time_and_number():
    found = PdfReader(BytesIO(drawn(issued_paper()).data), strict=True).metadata

    assert ("BER-2026-INV-0413", ISSUED, ISSUED) == (found.title, found.creation_date, found.modification_date)


def test_what_is_long_is_broken_and_what_is_much_goes_on_on_the_next_page():
    name = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft mbH"
    paper = issued_paper(lines=LINES * 20, buyer=replace(ADA, name=name))

    pages = pages_of(drawn(paper).data)

    whole = " ".join(pages)
    assert len(pages) > 2
    assert name.replace(" ", "") in whole.replace(" ", "")
    assert 20 == whole.count("Child seat")
    assert all("Quantity" in page for page in pages if "Child seat" in page)
    assert all(f"Page {n} of {len(pages)}" in page for n, page in enumerate(pages, 1))


@pytest.mark.parametrize("notes", range(0, 36, 5))
def test_signatures_never_part_from_the_words_above_them(notes):
    signed = (PaperSignature("Ada Moreau", "renter", ISSUED),)
    told = tuple(f"Note {n}: what both agreed on." for n in range(notes))
    data = drawn(issued_paper(PaperKind.HAND_OVER, signatures=signed, notes=told)).data
    pages = pages_of(data)

    words = "The car was handed over in the state described above."
    assert [f"Page {n} of {len(pages)}" in each for n, each in enumerate(lowest_of(data), 1)] == [True] * len(pages)
    assert [words in page for page in pages] == ["Ada Moreau, renter" in page for page in pages]


MARKS = (
    PaperMark(31, "Bumper rear left, scratch", view="rear", x=1_500, y=6_500),
    PaperMark(47, "Wheel front right, kerbed", new=True, view="right", x=7_300, y=8_000),
    PaperMark(59, "Seat, stain", view="inside", x=5_000, y=5_000),
)


@pytest.mark.parametrize("body", BodyType)
def test_marks_lie_on_the_drawing_of_the_cars_body_and_are_told_below(body):
    paper = issued_paper(PaperKind.HAND_OVER, marks=MARKS, car=replace(CAR, body=body))
    (page,) = pages_of(drawn(paper).data)

    # By their numbers: once in the drawing, if it has that view, and once in the list.
    assert [2, 2, 1] == [page.split().count(str(mark.n)) for mark in MARKS]
    assert all(mark.text in page for mark in MARKS)


def test_a_drawing_of_a_car_is_the_same_on_every_thread():
    paper, found = issued_paper(PaperKind.HAND_OVER, marks=MARKS, car=replace(CAR, body=BodyType.ESTATE)), []
    beside = threading.Thread(target=lambda: found.append(drawn(paper)))
    beside.start()
    beside.join()

    assert found == [drawn(paper)]


def _lines_drawn(data):
    return sum(page.get_contents().get_data().count(b" l\n") for page in PdfReader(BytesIO(data)).pages)


def test_a_signature_is_drawn_stroke_by_stroke_and_a_dot_is_seen():
    plain = PaperSignature("Ada Moreau", "renter", ISSUED)
    inked = replace(plain, ink="100,200 150,900 400,300 800,700;900,100")

    without, with_it = (drawn(issued_paper(PaperKind.HAND_OVER, signatures=(each,))).data for each in (plain, inked))

    assert 3 + 1 == _lines_drawn(with_it) - _lines_drawn(without)
    assert text_of(without) == text_of(with_it)


def test_the_firms_logo_has_its_place_and_moves_nothing_off_the_page():
    picture = QImage(64, 32, QImage.Format.Format_RGB32)
    picture.fill(0x2B50B8)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")

    with_it, without = drawn(issued_paper(), bytes(buffer.data().data())), drawn(issued_paper(), b"no picture")

    assert 1 == len(PdfReader(BytesIO(with_it.data)).pages[0].images)
    assert text_of(without.data) == text_of(with_it.data)


def test_a_paper_of_a_newer_template_is_refused_and_not_drawn_by_this_one():
    paper = issued_paper()

    with pytest.raises(PaperRefused) as told:
        drawn(replace(paper, body=replace(paper.body, template=TEMPLATE + 1)))

    assert "paper.no_template" == told.value.said.code


def _words(language):
    return json.loads((files("resources") / "papers" / str(TEMPLATE) / f"{language}.json").read_text(encoding="utf-8"))


def test_all_languages_say_the_same_with_the_same_facts():
    def told(words):
        return {code: {name for _, name, _, _ in Formatter().parse(text) if name} for code, text in words.items()}

    first, *others = [told(_words(each)["words"]) for each in LANGUAGES]
    assert all(first == other for other in others)
    assert {"en", "de"} == set(LANGUAGES)


def test_numbers_are_written_by_the_papers_language_and_not_by_this_computers():
    english, german = (Writing(_words(each), ISSUED.tzinfo) for each in ("en", "de"))

    assert ("1,234,567.05", "1.234.567,05") == tuple(
        each.amount(Money(1_234_567_05, "EUR")) for each in (english, german)
    )
    assert ("-0.05", "1,000", "19 %", "5.5 %") == (
        english.amount(Money(-5, "EUR")),
        english.amount(Money(1_000, "JPY")),
        english.percent(1900),
        english.percent(550).replace("5.50", "5.5"),
    )
    assert "12. Dezember 2026" == german.day(ISSUED)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", LineKind)
def test_whatever_a_rental_costs_has_words_on_its_invoice(language, kind):
    template = template_of(TEMPLATE, language)

    assert template.knows(f"line.{paper_kind(kind)}")
    assert template.knows(f"unit.{kind.unit.value}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_a_car_may_show_has_words_on_its_protocol(language):
    template = template_of(TEMPLATE, language)
    named = {part.id for body in BodyType for part in parts_of(body)}

    assert [] == [each for each in named if not template.knows(f"body.{each}")]
    assert all(template.knows(f"matter.{kind}") for kind in MarkKind)
    assert all(template.knows(f"severity.{n}") for n in range(LEAST_SEVERE, MOST_SEVERE + 1))


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Door front left: scratch, 40 mm"), ("de", "Tür vorn links: Kratzer, 40 mm")]
)
def test_a_mark_is_told_in_the_papers_language(language, words):
    mark = PaperMark(7, part="door-front-left", mark="scratch", severity=2, mm=40)

    assert words in text_of(drawn(issued_paper(PaperKind.HAND_OVER, language, marks=(mark,))).data)


def test_what_nobody_signed_has_a_line_for_each_and_what_somebody_did_has_none_twice():
    signed = (PaperSignature("Ada Moreau", "renter", ISSUED, "ab" * 32, "0,0 9000,900"),)

    blank, inked = (text_of(drawn(issued_paper(PaperKind.AGREEMENT, signatures=each)).data) for each in ((), signed))
    for text in (blank, inked):
        assert 1 == text.count("Ada Moreau, renter")
        assert 1 == text.count(f"For {FIRM.name}")
    assert "Signed content" in inked
    assert "Signed content" not in blank


def test_an_agreement_names_each_car_of_a_rental_that_had_several():
    later = ISSUED + timedelta(days=1)
    legs = (PaperLeg(CAR, ISSUED, later), PaperLeg(replace(CAR, plate="B-ZZ 1", km_in=None, fuel_in=None), later))
    text = text_of(drawn(issued_paper(PaperKind.AGREEMENT, legs=legs)).data)

    assert "Cars of this rental" in text
    assert "B-ZZ 1" in text
    assert "45,102 km · 7/8" in text
    assert "Cars of this rental" not in text_of(drawn(issued_paper(PaperKind.AGREEMENT)).data)


def test_a_car_that_nobody_looked_at_is_not_called_unmarked():
    seen, unseen = (
        text_of(drawn(issued_paper(PaperKind.RETURN, car=replace(CAR, body=body))).data) for body in ("estate", "")
    )

    assert "No marks." in seen
    assert "No marks." not in unseen
    assert "Nobody wrote down the state of the car." in unseen
