"""The agreement of a booking whose car went out: each of its cars with what was read, and what it costs.

API: AgreementPart(context): draw(agreement or None, booking, now).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.theme.tokens import GRID, TypeSize
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.loading.field_skeleton import FieldList, LabelledValue
from desktop.widgets.text import Text
from desktop.words.agreement_words import full_words, km_words
from desktop.words.booking_words import line_name, line_words
from desktop.words.messages import amount, branch_time
from engine.domain.agreement.agreement import Agreement, AgreementState, Leg, Waived
from engine.domain.agreement.reading import Seen
from engine.domain.agreement.signing import standing
from engine.domain.money.pricing import QuoteLine
from engine.domain.shared.zones import shown_zone
from engine.words.tr import tr


class AgreementPart(QWidget):
    def __init__(self, context: ViewContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.legs = FieldList(context.theme, context.shimmer)
        self.lines = FieldList(context.theme, context.shimmer)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID)
        for part in (Text(context.theme, tr("Agreement"), size=TypeSize.LEAD, bold=True), self.legs, self.lines):
            column.addWidget(part)
        self.hide()

    def draw(self, agreement: Agreement | None, now: datetime, ends_at: datetime | None = None) -> None:
        """*ends_at* is when its car is to come back now."""
        self.setVisible(agreement is not None)
        if agreement is None:
            return
        zone = shown_zone(agreement.zone)
        steps = [*_signatures(agreement, zone, now, ends_at), *_steps(agreement, zone, now)]
        self.legs.show_fields([*(each for leg in agreement.legs for each in _of_leg(leg, zone, now)), *steps])
        waived = [_waived(each) for each in agreement.waived]
        self.lines.show_fields([*map(_line, agreement.lines), *waived, _sum(agreement)])


def _of_leg(leg: Leg, zone: tzinfo, now: datetime) -> Iterator[LabelledValue]:
    car = tr("{car}, in exchange: {why}", car=leg.car.label, why=leg.why) if leg.why else leg.car.label
    yield LabelledValue(tr("Car"), car)
    yield LabelledValue(tr("Out"), _seen(leg, leg.out, zone, now))
    if leg.back is not None:
        yield LabelledValue(tr("Back"), _seen(leg, leg.back, zone, now))
        yield LabelledValue(tr("Driven"), km_words(leg.km))


def _signatures(agreement: Agreement, zone: tzinfo, now: datetime, ends_at: datetime | None) -> Iterator[LabelledValue]:
    """By whom and when; whether it is under what is agreed now, while the car is out."""
    for each in agreement.signatures:
        told = tr("{at} by {account}", at=branch_time(each.at, zone, now=now), account=each.name)
        last = each is agreement.signatures[-1] and agreement.state is AgreementState.OUT
        changed = last and ends_at is not None and standing(agreement, ends_at) is None
        yield LabelledValue(tr("Signed"), tr("{signed}, and changed since", signed=told) if changed else told)


def _steps(agreement: Agreement, zone: tzinfo, now: datetime) -> Iterator[LabelledValue]:
    """When it was closed and opened again, by whom and why."""
    names = {AgreementState.CLOSED: tr("Closed"), AgreementState.REOPENED: tr("Opened again")}
    for step in agreement.history:
        if step.state in names:
            told = tr("{at} by {account}", at=branch_time(step.at, zone, now=now), account=step.by)
            yield LabelledValue(names[step.state], f"{told} · {step.reason}" if step.reason else told)


def _seen(leg: Leg, seen: Seen, zone: tzinfo, now: datetime) -> str:
    """When it was read and what; why, where it was not to be expected."""
    read = tr(
        "{at}: {km}, {full}",
        at=branch_time(seen.at, zone, now=now),
        km=km_words(seen.km),
        full=full_words(leg.gauge, seen.reading.full),
    )
    return f"{read} · {seen.reading.reason}" if seen.reading.reason else read


def _line(line: QuoteLine) -> LabelledValue:
    return LabelledValue(line_name(line.kind), f"{line_words(line)} = {amount(line.amount)}", amount=True)


def _waived(waived: Waived) -> LabelledValue:
    told = tr("{amount} not charged: {reason}", amount=amount(waived.line.amount), reason=waived.reason)
    return LabelledValue(line_name(waived.line.kind), told)


def _sum(agreement: Agreement) -> LabelledValue:
    return LabelledValue(tr("Total"), amount(agreement.total), strong=True, amount=True)
