"""What papers need and how they are issued, in the real window on real servers."""

from __future__ import annotations

import gc
from datetime import timedelta

import pytest
from builders import BERLIN, RENTER, wish
from gestures import asked
from paper_builders import FIRM, may_issue
from payments import wrote
from person import person_at
from pictures import SVG, photo
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication

from desktop.viewmodels.phases import Phase
from desktop.views.papers.issue_box import CreditBox, IssueBox
from desktop.views.papers.preview import PaperBox


@pytest.fixture
def admin(qapp, world, tmp_path):
    yield lambda: person_at(qapp, world, tmp_path)
    gc.unfreeze()


async def test_an_administrator_says_who_the_firm_is_and_mistakes_stand_at_their_fields(admin, world, tmp_path):
    logo, script = tmp_path / "logo.png", tmp_path / "logo.svg"
    logo.write_bytes(photo("PNG"))
    script.write_bytes(SVG)
    async with admin() as person:
        await person.sign_in("admin")
        person.view.go("papers")
        page = person.view.page("papers")
        await person.until(lambda: page.vm.state.phase is Phase.READY and " · " in page.header.subtitle.text())
        assert 3 == len(page.header.subtitle.text().split(" · "))

        page.change.click()
        form = page.legal_panel.form
        form.lines["name"].setText(FIRM.name)
        form.lines["address"].setText(FIRM.address)
        form.lines["vat_id"].setText("49/123")
        page.legal_panel.save.click()
        assert "VAT id is not written as such numbers are." == form.mistakes["vat_id"].text()
        form.lines["vat_id"].setText(FIRM.vat_id)
        page.vm.look_at(str(script))
        await person.until(lambda: "no photo" in form.mistakes["logo"].text())
        page.vm.look_at(str(logo))
        await person.until(lambda: "logo.png" == form.logo.line.text())
        form.language.setCurrentIndex(1)
        page.legal_panel.save.click()
        await person.until(lambda: page.legal.rowCount() == 1 and page.vm.state.logo is not None)

    stored = world.db.legal_data.find_one()["data"]
    assert (FIRM.name, "de", 1) == (stored["name"], stored["language"], world.db.logos.count_documents({}))
    assert ["legal.changed"] == world.db.audit.distinct("what")


async def test_a_rate_and_a_branchs_code_are_set_with_mistakes_at_their_fields(admin, world):
    async with admin() as person:
        await person.sign_in("admin")
        person.view.go("papers")
        page = person.view.page("papers")
        await person.until(lambda: page.vm.state.phase is Phase.READY and " · " in page.header.subtitle.text())

        page.add.click()
        form = page.rate_panel.form
        form.lines["code"].setText("standard")
        form.lines["rate"].setText("0")
        page.rate_panel.save.click()
        assert "Note must not be empty." == form.mistakes["note"].text()
        form.lines["rate"].setText("19")
        page.rate_panel.save.click()
        await person.until(lambda: page.rates.rowCount() == 1)

        branch = next(each for each in page.vm.state.open_branches if each.id == BERLIN.id)
        page.codes_table.chosen.emit(branch)
        await person.until(page.code_panel.form.lines["code"].hasFocus)
        page.code_panel.form.lines["code"].setText("b")
        page.code_panel.save.click()
        assert page.code_panel.form.mistakes["code"].text()
        page.code_panel.form.lines["code"].setText("ber")
        page.code_panel.save.click()
        await person.until(asked)
        asked().yes.click()
        await person.until(lambda: "BER" in page.toast.text)
        page.toast.hide()

    assert ("standard", 1900) == tuple(world.db.tax_rates.find_one()[name] for name in ("code", "rate_bp"))
    branch = world.db.branches.find_one({"_id": BERLIN.id})
    assert ("BER", True) == (branch["code"], branch["code_confirmed"])
    assert {"tax.changed", "branch.code"} == set(world.db.audit.distinct("what"))


def box(kind):
    """The one that is open, if it is of that *kind*."""
    modal = QApplication.activeModalWidget()
    return modal if isinstance(modal, kind) else None


async def returned(world):
    """A booking that was paid online, and whose car is back."""
    async with world.desk() as desk:
        booking = await desk.booking.hold(desk.actor, wish(desk))
    told = {"state": "paid", "captured_at": booking.created_at + timedelta(minutes=3), "payment_intent": "pi_1"}
    attempt = {f"payments.0.attempts.0.{name}": value for name, value in told.items()}
    wrote(world, booking, "confirmed", "out", "completed", **attempt)
    return booking


async def opened(person, booking, account):
    await person.sign_in(account)
    detail = person.view.client.detail
    detail.open_number(booking.id)
    await person.until(lambda: detail.papers.vm.state.stands is not None)
    return detail.papers


async def test_a_clerk_adds_the_address_issues_the_invoice_once_and_has_it_as_a_file(admin, world, tmp_path):
    may_issue(world.db)
    booking = await returned(world)
    async with admin() as person:
        part = await opened(person, booking, "clerk")
        assert ("Still missing for the invoice: the renter's address.", True) == (
            part.lacks.text(),
            part.invoice.isHidden(),
        )
        part.address.click()
        details = person.view.client.renters.details
        await person.until(lambda: details.is_open and details.form.fields["street"].hasFocus())
        details.form.fields["street"].setText("8 rue des Tilleuls")
        details.form.fields["town"].setText("Lyon")
        details.form.save.click()
        await person.until(lambda: not details.is_open)

        part.vm.load()
        person.view.client.side.open_booking(booking)
        await person.until(lambda: part.invoice.isVisible() and not part.lacks.isVisible())
        person.press(Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
        await person.until(lambda: box(IssueBox) is not None)
        box(IssueBox).language.setCurrentIndex(1)
        box(IssueBox).yes.click()
        await person.until(lambda: box(PaperBox) is not None and box(PaperBox).sheet is not None)
        shown = box(PaperBox)
        assert 1 == len(shown.pages.pictures)
        for name in ("one.pdf", "two.pdf"):
            shown.vm.save(shown.sheet, tmp_path / name)
            await person.until((tmp_path / name).exists)
            await person.until(lambda name=name: name in shown.banner.text)
        shown.close_button.click()
        await person.until(lambda: len(part.rows) == 1 and part.rows[0].title.text().startswith("Invoice BER-"))
        assert part.invoice.isHidden()
        assert not part.credit.isVisible()

    one, two = ((tmp_path / name).read_bytes() for name in ("one.pdf", "two.pdf"))
    assert one == two
    assert "Rechnung" in PdfReader(tmp_path / "one.pdf").pages[0].extract_text()
    assert (1, 1) == (world.db.papers.count_documents({}), world.db.renderings.count_documents({}))


async def test_an_administrator_gives_some_of_an_invoice_back_and_prints_it(admin, world, tmp_path):
    may_issue(world.db)
    world.db.renters.update_one({"_id": RENTER.id}, {"$set": {"street": "Weg 1", "town": "Kiel"}})
    booking = await returned(world)
    async with world.desk() as desk:
        await desk.billing.invoice(desk.actor, booking.id)
    async with admin() as person:
        part = await opened(person, booking, "admin")
        await person.until(part.credit.isVisible)
        part.credit.click()
        await person.until(lambda: box(CreditBox) is not None)
        asked_for = box(CreditBox)
        asked_for.form.lines["amount"].setText("100.01")
        asked_for.yes.click()
        assert "between 0.01 EUR and 100.00 EUR" in asked_for.form.mistakes["amount"].text()
        asked_for.form.lines["amount"].setText("40")
        asked_for.yes.click()
        assert "Reason must not be empty." == asked_for.form.mistakes["reason"].text()
        asked_for.form.lines["reason"].setText("The radio was broken")
        asked_for.yes.click()
        await person.until(lambda: box(PaperBox) is not None and box(PaperBox).sheet is not None)

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setOutputFileName(str(tmp_path / "printed.pdf"))
        printer.setFullPage(True)
        part.vm.sheets.print_on(box(PaperBox).sheet, printer)
        await person.until(lambda: "The radio was broken" in _text_of(tmp_path / "printed.pdf"))
        box(PaperBox).close_button.click()
        await person.until(lambda: part.vm.state.stands.left.minor == 60_00)

    row = world.db.papers.find_one({"body.kind": "credit_note"})
    assert (40_00, "admin") == (row["body"]["content"]["lines"][0]["gross"]["minor"], row["body"]["by"])


def _text_of(path):
    """Empty until the file is whole."""
    if not path.exists() or b"%%EOF" not in path.read_bytes()[-32:]:
        return ""
    return " ".join(PdfReader(path).pages[0].extract_text().split())
