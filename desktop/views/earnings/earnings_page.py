"""Earnings: what the fleet brought in a period, and why."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID, Tone, TypeSize
from desktop.viewmodels.earnings.earnings import EarningsState, EarningsViewModel
from desktop.viewmodels.earnings.explain import ExplainViewModel
from desktop.viewmodels.phases import Phase
from desktop.views.earnings.earnings_body import EarningsBody
from desktop.views.earnings.earnings_charts import Asked
from desktop.views.earnings.earnings_words import left_out_words, part_name, span_name
from desktop.views.earnings.explain_panel import ExplainPanel
from desktop.views.earnings.period_bar import PeriodBar
from desktop.views.parts.area import Page
from desktop.views.parts.content import Content
from desktop.views.parts.damage import SIGN_IN, tell_partial, unreadable
from desktop.views.parts.export_bar import ExportBar
from desktop.views.parts.view_context import ViewContext
from desktop.views.parts.waiting import Waiting
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.frame.banner import Banner
from desktop.widgets.frame.page_header import PageHeader
from desktop.widgets.text import Text, kept_apart
from desktop.words.figures import desk_time
from desktop.words.messages import say
from engine.domain.reports.earnings import CurrencyReport, Earnings, Figures
from engine.domain.reports.figure_sources import FigureQuestion
from engine.domain.shared.errors import DriveSphereError
from engine.words.tr import Many, tr

TITLE = tr("Earnings")
_MISSING = tr("rentals and payments are missing in these figures")

_ROWS = Many("{count} row", "{count} rows")


class EarningsPage(Page):
    """A page; ``copy_line``, ``pin`` and ``forget`` belong to whoever keeps a copy.

    Signals: ``task_failed`` carries an exception nobody foresaw; ``fleet_wanted`` is the first step without cars;
    ``booking_wanted`` carries the id of a booking behind a figure that is to be opened; ``sign_in_wanted`` where a copy
    cannot be read.
    """

    fleet_wanted = Signal()
    sign_in_wanted = Signal()
    booking_wanted = Signal(str)

    def __init__(
        self,
        context: ViewContext,
        vm: EarningsViewModel,
        explain: ExplainViewModel,
        host: QWidget,
        *,
        offline: bool = False,
    ) -> None:
        """With *offline* the frame says that there is no connection, and the stamp is not repeated as a warning."""
        super().__init__()
        self._offline = offline
        self.vm, self._explain = vm, explain
        self.header = PageHeader(context.theme, TITLE, " ")
        self.period = PeriodBar(context.theme)
        self.save = Button(context.theme, tr("Export …"), icon=Icon.DOWNLOAD)
        self.stamp = Banner(context.theme)
        self.export = ExportBar(
            context, vm.export, vm.write_csv, title=tr("Export earnings"), name=self._file_name, rows=_ROWS
        )
        self.left_out = Banner(context.theme)
        self.left_out.clear()
        self.body = EarningsBody(context)
        self.content = Content(context, self.body)
        self.loading = Waiting(
            self,
            vm,
            self.content,
            skeleton=self._put_up_skeleton,
            fill=self._fill,
            has_rows=lambda state: state.earnings is not None,
        )
        self.copy_line = Text(context.theme, size=TypeSize.SMALL, ink="muted", wrap=True)
        self.pin = Button(context.theme, kind=ButtonKind.QUIET)
        self.forget = Button(context.theme, tr("Forget this computer …"), ButtonKind.QUIET)
        self.panel = ExplainPanel(context, explain, host, vm.now, opens=not offline)
        self.panel.booking_wanted.connect(self.booking_wanted)
        self._lay_out()
        self._connect()

    def draw(self, state: EarningsState) -> None:
        codes = tuple(each.currency for each in state.earnings.currencies) if state.earnings else ()
        self.period.draw(state.span, codes, state.currency)
        self.loading.draw(state)

    def focus_first(self) -> None:
        self.content.take_focus()

    def reload(self) -> None:
        self.vm.load()

    def leave(self) -> None:
        self.panel.close_panel()

    def stop(self) -> None:
        self.export.stop()
        self.vm.export.stop()

    def ask_where(self) -> None:
        """Where the export goes."""
        if self.vm.state.earnings is not None:
            self.export.ask()

    def _put_up_skeleton(self) -> None:
        state = self.vm.state
        self.content.show_rows()
        self._head(state)
        self.body.show_skeleton(by_day=state.span is None or state.span.by_day, currency=state.currency)

    def _fill(self, state: EarningsState) -> None:
        self._head(state)
        self.save.setEnabled(state.report is not None)
        if state.phase is Phase.FAILED and state.problem is not None:
            self._fail(state, state.problem)
        elif state.earnings is None or state.report is None:
            words = tr("Once you have a car in your fleet, this page shows what it earns.")
            self.content.show_empty(Icon.EARNINGS, tr("No cars yet"), words, tr("To the fleet"))
        else:
            self.content.show_rows()
            self.body.show_report(state.earnings, state.report)
        if words := left_out_words(state.earnings.strays if state.earnings else 0):
            self.left_out.tell(Tone.WARNING, words, closable=False)
        else:
            self.left_out.clear()

    def _fail(self, state: EarningsState, problem: DriveSphereError) -> None:
        if state.earnings is not None:
            self.content.show_rows()
            self.content.tell_stale(tr("These figures may be out of date. {problem}", problem=say(problem).text))
        else:
            words = tr("The earnings could not be loaded")
            if self._offline:
                self.content.show_problem(unreadable(problem), words, SIGN_IN)
            else:
                self.content.show_problem(problem, words)

    def _head(self, state: EarningsState) -> None:
        parts = [] if state.span is None else [_period(state), tr("days of {zone}", zone=state.span.zone)]
        stamp = ""
        if state.span is not None and state.as_of is not None and state.earnings is not None:
            as_of = desk_time(state.as_of, state.span.wall, now=self.vm.now())
            if not state.stored:
                stamp = tr("as of {as_of}", as_of=as_of)
            elif state.earnings.complete:
                stamp = tr("stored copy as of {as_of}, complete", as_of=as_of)
            else:
                stamp = tr("stored copy as of {as_of}, partial", as_of=as_of)
            parts.append(stamp)
        self.header.say(TITLE, " · ".join(parts) or " ")
        partial = state.earnings is not None and not state.earnings.complete
        if stamp and partial and self._offline:
            tell_partial(self.stamp, _MISSING)
        elif stamp and state.stored and not self._offline:
            tone, words = (
                (Tone.DANGER if partial else Tone.WARNING),
                tr("No connection. {stamp}{stamp2}.", stamp=stamp[0].upper(), stamp2=stamp[1:]),
            )
            if partial:
                words = tr("{words} Its first making was cut off, so {missing}.", words=words, missing=_MISSING)
            self.stamp.tell(tone, words, tr("Try again"), closable=False)
        else:
            self.stamp.clear()

    def _explain_it(self, asked: Asked) -> None:
        state = self.vm.state
        source = self.vm.source
        if state.earnings is None or state.report is None or source is None:
            return
        marks = state.earnings.span.marks
        since, until = (marks[0], marks[-1]) if asked.part is None else marks[asked.part : asked.part + 2]
        question = FigureQuestion(asked.figure, since, until, state.currency, asked.car_id, asked.branch_id)
        figures, about = _figures(state.earnings, state.report, asked)
        self._explain.ask(source, question, figures, about)
        self.panel.open()

    def _act(self) -> None:
        state = self.vm.state
        if state.phase is Phase.READY and state.report is None:
            self.fleet_wanted.emit()
        elif self._offline and state.phase is Phase.FAILED:
            self.sign_in_wanted.emit()
        else:
            self.vm.load()

    def _file_name(self) -> str:
        state = self.vm.state
        return (
            "earnings"
            if state.span is None
            else tr("earnings {span} {currency}", span=span_name(state.span), currency=state.currency)
        )

    def _connect(self) -> None:
        self.vm.changed.connect(self.draw)
        self.content.stepped.connect(self._act)
        self.content.retried.connect(self.vm.load)
        self.stamp.acted.connect(self.vm.load)
        self.export.task_failed.connect(self.task_failed)
        self.save.clicked.connect(self.ask_where)
        self.body.asked.connect(self._explain_it)
        self.period.kind_chosen.connect(self.vm.show_kind)
        self.period.stepped.connect(self.vm.step)
        self.period.days_chosen.connect(self.vm.show_days)
        self.period.currency_chosen.connect(self.vm.choose_currency)
        self.vm.refused.connect(lambda _problem: self.period.refuse())

    def _lay_out(self) -> None:
        self.pin.setVisible(False)
        self.forget.setVisible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 5 * GRID, 4 * GRID, 4 * GRID)
        column.setSpacing(3 * GRID)
        self.header.add_action(self.save)
        head = QVBoxLayout()
        head.setContentsMargins(0, 0, 2 * GRID, 0)
        head.setSpacing(2 * GRID)
        head.addWidget(self.header)
        head.addWidget(self.period)
        head.addWidget(self.stamp)
        head.addWidget(self.left_out)
        head.addWidget(self.export)
        column.addLayout(head)
        column.addWidget(self.content, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 0, 2 * GRID, 0)
        foot.addWidget(self.copy_line, 1)
        foot.addWidget(self.pin)
        foot.addWidget(self.forget)
        column.addLayout(foot)


def _period(state: EarningsState) -> str:
    """A period that is not over is compared with a whole one: whoever reads that should know."""
    if state.span is None:
        return ""
    name = span_name(state.span)
    if state.as_of is None or state.as_of >= state.span.ends_at:
        return name
    return (
        tr("{name} so far", name=name)
        if state.span.starts_at <= state.as_of
        else tr("{name}, not begun yet", name=name)
    )


def _figures(earnings: Earnings, report: CurrencyReport, asked: Asked) -> tuple[Figures, str]:
    """The set that was asked about, and what it is of."""
    span = earnings.span
    when = span_name(span) if asked.part is None else part_name(span, span.parts[asked.part])
    if asked.car_id is not None:
        car = next(each for each in report.cars if each.car.car_id == asked.car_id)
        figures = car.total if asked.part is None else car.parts[asked.part]
        return figures, f"{car.car.label} · {when}"
    if asked.branch_id is not None:
        branch = next(each for each in report.branches if each.branch.branch_id == asked.branch_id)
        return branch.total, kept_apart(branch.branch.name, when)
    return (report.total if asked.part is None else report.parts[asked.part]), when
