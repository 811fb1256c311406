"""Where a booking stands, in one glance: held with its countdown, confirmed, or free again."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from desktop.theme.icons import Icon
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, Tone, TypeSize
from desktop.viewmodels.booking.booking import PanelStage, PanelState
from desktop.views.booking.checkout_address import CheckoutAddressView
from desktop.widgets.countdown import Countdown
from desktop.widgets.text import Text
from desktop.words.booking_words import end_words, paid_words
from desktop.words.messages import booking_number
from engine.domain.booking.booking import Booking
from engine.domain.booking.states import BookingState
from engine.domain.money.payment import AttemptState
from engine.words.tr import tr

ICON = 28
TEST_CARD = tr("Demo: pay with the test card 4242 4242 4242 4242, any date ahead, any code.")


@dataclass(frozen=True, slots=True)
class StatusWords:
    icon: Icon
    tone: Tone
    title: str
    sentence: str


DECLINED = tr("The card was declined; nothing was charged.")
#: What may be told of a decline (https://docs.stripe.com/declines/codes); of a card that was lost or stolen Stripe asks
#: that nobody is told more than that it was declined.
DECLINES = MappingProxyType(
    {
        "insufficient_funds": tr("The card was declined: there is not enough money on it."),
        "expired_card": tr("The card was declined: it has expired."),
        "incorrect_cvc": tr("The card was declined: its security code was wrong."),
        "incorrect_number": tr("The card was declined: its number was wrong."),
        "card_velocity_exceeded": tr("The card was declined: its limit is reached."),
        "withdrawal_count_limit_exceeded": tr("The card was declined: its limit is reached."),
        "currency_not_supported": tr("The card was declined: it does not pay in this currency."),
        "processing_error": tr("The card could not be charged just now."),
        "try_again_later": tr("The card could not be charged just now."),
        "authentication_required": tr("The bank wants the payment to be confirmed, and it was not."),
        "payment_intent_authentication_failure": tr("The bank could not confirm who pays; nothing was charged."),
    }
)


def status_words(state: PanelState) -> StatusWords | None:  # noqa: PLR0911 -- one for each stage
    """None while nothing is booked."""
    if state.stage is PanelStage.HOLDING:
        return StatusWords(Icon.HOLD, Tone.NEUTRAL, tr("Holding the car …"), tr("This takes a moment."))
    booking = state.booking
    if state.stage is PanelStage.RENTER or booking is None:
        return None
    if state.stage is PanelStage.PAYING:
        tone = Tone.WARNING if state.decline is not None else Tone.ACCENT
        return StatusWords(
            Icon.HOLD, tone, tr("Held for {renter_name}", renter_name=booking.renter_name), _to_pay(state, booking)
        )
    if state.stage is PanelStage.RELEASING:
        sentence = tr("The payment page is being closed. A payment made meanwhile still counts.")
        return StatusWords(Icon.CLOCK, Tone.NEUTRAL, tr("Letting the car go …"), sentence)
    if state.stage is PanelStage.CONFIRMED:
        tone = Tone.WARNING if _lapsed(booking) else Tone.POSITIVE
        return StatusWords(Icon.DONE, tone, tr("Confirmed"), paid_words(booking, state.further))
    if state.stage is PanelStage.OUT:
        return StatusWords(Icon.CAR, Tone.ACCENT, tr("The renter has the car"), paid_words(booking, state.further))
    return StatusWords(Icon.INFO, Tone.NEUTRAL, *end_words(booking, state.further))


def _to_pay(state: PanelState, booking: Booking) -> str:
    if booking.state is BookingState.AWAITING_FUNDS:
        return tr("The money is on its way.")
    if not state.checkout_ready:
        return tr("The payment page is being made …")
    if state.decline is not None:
        return tr("{code} The page stays open for another card.", code=DECLINES.get(state.decline.code, DECLINED))
    if state.payable is not None and state.payable.handed:
        return tr("Waiting for the payment. The same page can be opened again.")
    return tr("Open the payment page in the browser, or show its address.")


def _lapsed(booking: Booking) -> bool:
    return booking.payment.comes_to(AttemptState.LAPSED)


class PaymentStatus(QWidget):
    """Draws the words and runs the countdown."""

    def __init__(self, theme: Theme, *, demo: bool, acts: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._acts = acts
        self._theme = theme
        self._words: StatusWords | None = None
        self._counted: object = None
        self._icon = QLabel()
        self.title = Text(theme, size=TypeSize.LEAD, bold=True, wrap=True)
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.countdown = Countdown(theme, size=TypeSize.HERO)
        self.countdown.set_name(tr("Time left of the hold"), aloud=True)
        self.sentence = Text(theme, wrap=True)
        self.number = Text(theme, size=TypeSize.SMALL, ink="muted")
        self.address = CheckoutAddressView(theme, demo=demo)
        self._hint = Text(theme, TEST_CARD if demo else "", size=TypeSize.SMALL, ink="muted", wrap=True)
        self._lay_out()
        theme.changed.connect(self._tint)

    def draw(self, state: PanelState, hold_left_s: float) -> str:
        """What is to be read out because it is new; empty otherwise."""
        words = status_words(state)
        self.setVisible(words is not None)
        self._count(state, hold_left_s)
        changed = words is not None and words != self._words
        self._words = words
        if words is None:
            return ""
        self.title.setText(words.title)
        self.sentence.setText(words.sentence)
        self.number.setText(tr("Booking {booking}", booking=booking_number(state.booking.id)) if state.booking else "")
        self._hint.setVisible(bool(self._hint.text()) and state.stage is PanelStage.PAYING)
        self.address.setVisible(self._acts and state.stage is PanelStage.PAYING and state.checkout_ready)
        self.address.show_page(state.payable)
        self._tint()
        return f"{words.title}. {words.sentence}" if changed else ""

    def stop(self) -> None:
        self._counted = None
        self.countdown.stop()

    def _count(self, state: PanelState, hold_left_s: float) -> None:
        """Started once for each hold, so that a redraw does not begin it anew."""
        paying = state.stage is PanelStage.PAYING and state.booking is not None
        wanted = (state.booking.id, state.booking.hold_until) if paying and state.booking else None
        self.countdown.setVisible(paying)
        if wanted != self._counted:
            self._counted = wanted
            if wanted is None:
                self.countdown.stop()
            else:
                self.countdown.start(hold_left_s)

    def _tint(self) -> None:
        if self._words is not None:
            ink = self._theme.tokens.ink(self._words.tone)
            self._icon.setPixmap(self._theme.icons.pixmap(self._words.icon, ink, ICON, self.devicePixelRatioF()))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(2 * GRID)
        head.addWidget(self._icon)
        head.addWidget(self.title, 1)
        head.addWidget(self.countdown)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2 * GRID, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(head)
        for widget in (self.sentence, self._hint, self.address, self.number):
            column.addWidget(widget)
