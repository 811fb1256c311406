"""The filters of the search: words, six choices, and the chips of those that are set."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID
from desktop.viewmodels.search.search import SearchForm
from desktop.views.parts.filter_button import FilterButton
from desktop.widgets.button import HEIGHT
from desktop.widgets.flow import FlowLayout
from desktop.widgets.search_field import SearchField
from desktop.words.messages import BODIES, FUELS, TRANSMISSIONS, rate
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import Fuel, Transmission
from engine.domain.car.catalogue import Facets
from engine.domain.money.money import Money
from engine.words.tr import tr

#: Daily rates to choose from, in whole units of the firm's currency.
_CAPS = (25, 40, 50, 60, 80, 100, 150, 200, 300, 500, 1000)


class FilterRow(QWidget):
    """Signals: ``edited`` when the person changed a filter."""

    edited = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._currency = Facets().currency
        self.brands: FilterButton[str] = FilterButton(theme, tr("Brand"), str, by_words=True)
        self.bodies: FilterButton[BodyType] = FilterButton(theme, tr("Body"), BODIES.__getitem__)
        self.fuels: FilterButton[Fuel] = FilterButton(theme, tr("Fuel"), FUELS.__getitem__)
        self.gears: FilterButton[Transmission] = FilterButton(theme, tr("Gears"), TRANSMISSIONS.__getitem__)
        self.seats: FilterButton[int] = FilterButton(theme, tr("Seats"), tr("{} or more").format, many=False)
        self.price: FilterButton[int] = FilterButton(theme, tr("Price"), self._cap, many=False)
        self.words = SearchField(theme, tr("Plate, make or model"))
        self.words.setFixedWidth(max(44 * GRID, self.words.hint_width))
        self.words.searched.connect(self.edited)
        self.taken = QCheckBox(tr("Show taken cars too"))
        self.taken.setMinimumHeight(HEIGHT)
        self.taken.setToolTip(tr("Also the cars that are out, booked or held, with why and until when"))
        row = FlowLayout(self, gap=2 * GRID)
        row.addWidget(self.words)
        for button in self.buttons():
            row.addWidget(button)
            button.edited.connect(self.edited)
        row.addWidget(self.taken)
        self.taken.clicked.connect(self.edited)

    def buttons(self) -> tuple[FilterButton[str], ...]:
        return (self.brands, self.bodies, self.fuels, self.gears, self.seats, self.price)  # type: ignore[return-value]  # read as buttons only

    def draw(self, facets: Facets, form: SearchForm) -> None:
        self._offer(facets)
        self.brands.show_chosen(form.brands)
        self.bodies.show_chosen(form.bodies)
        self.fuels.show_chosen(form.fuels)
        self.gears.show_chosen(form.transmissions)
        self.seats.show_chosen(_one(form.min_seats))
        self.price.show_chosen(_one(form.max_daily_minor))
        self.taken.setChecked(form.taken)
        self.words.follow(form.text)

    def filled(self, form: SearchForm) -> SearchForm:
        """*form* with the filters as they are ticked."""
        return replace(
            form,
            brands=self.brands.chosen(),
            bodies=self.bodies.chosen(),
            fuels=self.fuels.chosen(),
            transmissions=self.gears.chosen(),
            min_seats=next(iter(self.seats.chosen()), None),
            max_daily_minor=next(iter(self.price.chosen()), None),
            taken=self.taken.isChecked(),
            text=self.words.text().strip(),
        )

    def _offer(self, facets: Facets) -> None:
        self._currency = facets.currency
        self.brands.set_choices(facets.brands)
        self.bodies.set_choices(facets.bodies)
        self.fuels.set_choices(facets.fuels)
        self.gears.set_choices(facets.transmissions)
        self.seats.set_choices(facets.seats)
        self.price.set_choices(_caps(facets))

    def _cap(self, daily_minor: int) -> str:
        return tr("Up to {daily_minor}", daily_minor=rate(Money(daily_minor, self._currency)))


def _one(value: int | None) -> frozenset[int]:
    return frozenset() if value is None else frozenset({value})


def _caps(facets: Facets) -> list[int]:
    """Round daily rates between the branch's cheapest and dearest car."""
    low, high = facets.daily_minor
    unit = 10 ** Money(0, facets.currency).exponent
    return [cap * unit for cap in _CAPS if low < cap * unit < high]
