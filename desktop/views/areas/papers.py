"""Papers and taxes: a page of its own at the end of the rail, so that the others keep their keys."""

from __future__ import annotations

from desktop.commands import Command
from desktop.theme.icons import Icon
from desktop.viewmodels.papers.legal import LegalViewModel
from desktop.views.papers.legal_page import TITLE, LegalPage
from desktop.views.parts.area import Area, Entry
from engine.domain.people.people import Deed
from engine.words.tr import tr

PAPERS = "papers"


class PapersArea(Area):
    needs = Deed.MANAGE_FIRM

    @property
    def entries(self) -> tuple[Entry, ...]:
        return (Entry(PAPERS, tr("Papers, taxes"), Icon.PAPER, self.made_of(LegalViewModel, LegalPage)),)

    def commands(self) -> tuple[Command, ...]:
        legal, rate = (self.on(PAPERS, LegalPage, act) for act in (LegalPage.change_legal, LegalPage.add_rate))
        return (
            Command("papers.legal", tr("Change what papers say of the firm …"), legal, group=TITLE),
            Command("papers.rate", tr("Set a rate of tax …"), rate, group=TITLE),
        )
