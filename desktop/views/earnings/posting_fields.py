"""A row of the ledger as a line of a panel."""

from __future__ import annotations

from datetime import datetime, tzinfo

from desktop.widgets.loading.field_skeleton import LabelledValue
from desktop.words.figures import amount, day_time
from engine.domain.money.ledger import LedgerKind
from engine.domain.money.money import Money
from engine.domain.reports.owner_books import Posting
from engine.domain.reports.report_period import moment
from engine.words.tr import tr

_KINDS = {
    LedgerKind.CHARGE.value: tr("Charge"),
    LedgerKind.REFUND.value: tr("Refund"),
    LedgerKind.OWNER_SHARE.value: tr("Your share"),
    LedgerKind.PLATFORM_SHARE.value: tr("Commission"),
}


def posting_field(row: Posting, zone: tzinfo, now: datetime) -> LabelledValue:
    words = f"{day_time(moment(row.at), zone, now=now)}   {amount(Money(row.minor, row.currency))}"
    return LabelledValue(_KINDS[row.kind], words, amount=True)
