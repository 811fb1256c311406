"""What papers need and how they are issued, in the real window on real servers."""

from __future__ import annotations

import gc

import pytest
from builders import BERLIN
from gestures import asked
from paper_builders import FIRM
from person import person_at
from pictures import SVG, photo

from desktop.viewmodels.phases import Phase


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
        page.code_panel.confirm.click()
        assert page.code_panel.form.mistakes["code"].text()
        page.code_panel.form.lines["code"].setText("ber")
        page.code_panel.confirm.click()
        await person.until(asked)
        asked().yes.click()
        await person.until(lambda: "BER" in page.toast.text)
        page.toast.hide()

    assert ("standard", 1900) == tuple(world.db.tax_rates.find_one()[name] for name in ("code", "rate_bp"))
    branch = world.db.branches.find_one({"_id": BERLIN.id})
    assert ("BER", True) == (branch["code"], branch["code_confirmed"])
    assert {"tax.changed", "branch.code"} == set(world.db.audit.distinct("what"))
