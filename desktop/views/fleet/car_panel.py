"""The panel of one car: look at it, fill in its form, take it out of service and back."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.dialogs import Question, confirm
from desktop.tasks import TaskScope
from desktop.theme.tokens import GRID, Tone
from desktop.viewmodels.fleet.car import FleetCarViewModel
from desktop.viewmodels.fleet.car_state import FleetCarStage, FleetCarState
from desktop.views.fleet.car_details import CarDetails
from desktop.views.fleet.car_form_view import CarFormView
from desktop.views.fleet.car_questions import ASK, to_change_rate, to_lose
from desktop.views.fleet.photo_editor import PhotoEditor
from desktop.views.fleet.service_part import ServicePart
from desktop.views.marks.marks_part import MarksPart
from desktop.views.parts.photos import Photos
from desktop.views.parts.view_context import ViewContext, Workspace, announce
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.frame.banner import Banner
from desktop.widgets.frame.side_panel import SidePanel
from desktop.words.messages import NextStep, counted, say
from engine.domain.car.car import BranchId, Car, CarStatus, OwnerId
from engine.domain.car.fleet import FleetOwner
from engine.domain.car.form import CarForm
from engine.domain.shared.errors import DriveSphereError, Overtaken
from engine.words.tr import tr

#: Room for the scroll bar.
_EDGE = 2 * GRID
_STATUS_STEPS = MappingProxyType(
    {
        CarStatus.MAINTENANCE: tr("To maintenance"),
        CarStatus.RETIRED: tr("Retire"),
        CarStatus.ACTIVE: tr("Back for rent"),
    }
)
_OFFLINE = tr("There is no connection to the database.")


class FleetCarPanel(SidePanel):
    task_failed = Signal(object)

    def __init__(
        self, context: ViewContext, workspace: Workspace, car: FleetCarViewModel, photos: Photos, host: QWidget
    ) -> None:
        super().__init__(context.theme, host, tr("Car"))
        self.vm = car
        self.tasks = TaskScope(self)
        self._online = True
        self._stage = FleetCarStage.CLOSED
        self._problem: DriveSphereError | None = None
        self.banner = Banner(context.theme)
        self.details = CarDetails(context, photos, workspace.now)
        self.service = ServicePart(context, car.service, workspace.now)
        self.marks = MarksPart(context.theme, car.marks, workspace.now)
        self.form = CarFormView(context.theme)
        self.photos = PhotoEditor(context.theme, photos)
        self.main = Button(context.theme, tr("Edit"), ButtonKind.PRIMARY)
        self.second = Button(context.theme, tr("Back"))
        self.status = {status: Button(context.theme, words) for status, words in _STATUS_STEPS.items()}
        self.setAcceptDrops(True)
        self._fill_panel()
        self._connect()
        self.draw(car.state)

    @property
    def unsaved(self) -> Question | None:
        """What is asked before something half filled in is lost; None where nothing is."""
        return to_lose(self.vm.state) if self.vm.state.unsaved else self.service.to_lose()

    def open_car(self, car: Car) -> None:
        self._instead(lambda: self.vm.open(car))

    def open_new(self, owner_id: OwnerId | None, branch_id: BranchId | None, owners: tuple[FleetOwner, ...]) -> None:
        self.form.offer_owners(owners)
        self._instead(lambda: self.vm.add(owner_id, branch_id))

    def come_back(self) -> bool:
        """Whether something half filled in is shown again that was left for another page."""
        if self.unsaved is not None and not self.isVisible():
            self.open(self)
        return self.unsaved is not None

    def _instead(self, begin: Callable[[], None]) -> None:
        """*begin* takes the place of what is shown; what would be lost by it is asked about first."""
        if self.unsaved is not None:
            self.tasks.once("lose", self._lose_for(begin))
        else:
            begin()
            # The main button or the first field gets the focus as soon as it can be used.
            self.open(self)

    async def _lose_for(self, begin: Callable[[], None]) -> None:
        question = self.unsaved
        if question is None or await confirm(self.window(), question):
            begin()
        self.open(self)

    def offer_bookings(self, show: Callable[[Car], None]) -> None:
        """Let *show* open the list of all bookings of the car."""
        self.details.all_bookings.setVisible(True)
        self.details.all_bookings.clicked.connect(lambda: show(self.vm.state.car) if self.vm.state.car else None)

    def leave(self) -> None:
        """Another page is opened; what is filled in stays filled in for whoever comes back."""
        if self.unsaved is not None:
            self.give_way()
        else:
            self.close_panel()

    def stop(self) -> None:
        """The session ends."""
        self.tasks.stop("lose")
        self.tasks.stop("rate")
        self.service.stop()
        self.marks.stop()
        self.photos.stop()
        self.hide()

    def set_online(self, *, online: bool) -> None:
        self._online = online
        self._draw_foot(self.vm.state)
        self._draw_service(self.vm.state)

    def may_save(self) -> bool:
        state = self.vm.state
        return self.isVisible() and state.stage is FleetCarStage.FILLED_IN and self._online and not state.busy

    def save(self) -> None:
        if not self.may_save():
            return
        question = None if self.vm.state.mistakes else to_change_rate(self.vm.state)
        if question is not None:
            self.tasks.once("rate", self._ask_rate(question, self.vm.state.form))
            return
        self.vm.save()
        if self.vm.state.mistakes:
            self.form.focus_mistake()

    async def _ask_rate(self, question: Question, form: CarForm | None) -> None:
        # The answer counts for what was asked about.
        if await confirm(self.window(), question) and self.vm.state.form == form:
            self.vm.save()

    def draw(self, state: FleetCarState) -> None:
        inside = self.has_the_focus
        moved, self._stage = state.stage is not self._stage, state.stage
        if state.stage is FleetCarStage.CLOSED:
            return
        self.set_title(_title_of(state))
        filled = state.stage is FleetCarStage.FILLED_IN
        self._form_page.setVisible(filled)
        self._draw_service(state)
        self.details.setVisible(not filled and not self._planning)
        if filled:
            self.form.draw(state)
            self.photos.draw(state)
        else:
            self.details.draw(state)
        self._draw_problem(state)
        self._draw_foot(state)
        if inside and self.isVisible():
            self._move_focus(moved=moved, filled=filled)

    @property
    def _planning(self) -> bool:
        """Whether the form of a service takes the place of all else."""
        return self.vm.state.stage is FleetCarStage.SHOWN and self.vm.service.state.filling

    def _draw_service(self, state: FleetCarState) -> None:
        home = state.car.branch_id if state.car is not None else None
        branch = next((each for each in state.branches if each.id == home), None)
        self.service.draw(branch if state.stage is FleetCarStage.SHOWN else None, online=self._online)
        self.marks.draw(online=self._online, shown=state.stage is FleetCarStage.SHOWN and not self._planning)

    def _move_focus(self, *, moved: bool, filled: bool) -> None:
        """To what is to be done next; while nothing can be pressed the panel keeps it, or Qt would move it away."""
        if filled and self.form.ready and (moved or self.window().focusWidget() is self):
            self.form.focus_first()
        elif not filled and self.main.isEnabled() and (moved or self.window().focusWidget() is self):
            self.main.setFocus(Qt.FocusReason.OtherFocusReason)
        elif not self.has_the_focus or (moved and not filled):
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _turn_to_service(self) -> None:
        """To its form, or back to the car."""
        self.details.setVisible(self.vm.state.stage is not FleetCarStage.FILLED_IN and not self._planning)
        self._draw_service(self.vm.state)
        self._draw_foot(self.vm.state)

    def _draw_problem(self, state: FleetCarState) -> None:
        problem = state.problem
        new, self._problem = problem is not self._problem, problem
        if problem is None or state.field_at_fault in self.form.mistakes:
            self.banner.clear()
            if problem is not None and new and self.isVisible():
                self.form.focus_mistake()
                announce(self, say(problem).text)
            return
        told, tone = say(problem), Tone.WARNING if problem.retryable else Tone.DANGER
        step = NextStep.NONE.value
        if isinstance(problem, Overtaken):
            asked = state.stage is FleetCarStage.ASKED
            words = tr("Meanwhile somebody booked or changed this car. What counts on it now stands below.")
            text = words if asked else tr("{told} What you filled in is kept.", told=told.text)
            step = "" if asked else tr("Take the newer one")
        else:
            text = told.text
            step = NextStep.RETRY.value if problem.retryable else ""
        self.banner.tell(tone, text, step, closable=False)
        if self.isVisible():
            announce(self, text)

    def _draw_foot(self, state: FleetCarState) -> None:
        words = {FleetCarStage.SHOWN: tr("Edit"), FleetCarStage.ASKED: ASK[state.wanted or CarStatus.ACTIVE]}
        save = tr("Add car") if state.car is None else tr("Save")
        if state.car is not None and state.loses_photos:
            save = counted("Save and remove {count} photo", "Save and remove {count} photos", state.loses_photos)
        self.main.setText(tr("Saving …") if state.busy else words.get(state.stage, save))
        self.second.setText(tr("Cancel") if state.stage is FleetCarStage.FILLED_IN else tr("Leave it as it is"))
        self.second.setVisible(state.stage is not FleetCarStage.SHOWN)
        known = state.outlook is not None and state.rules is not None
        for status, button in self.status.items():
            other = state.car is not None and state.car.status is not status
            button.setVisible(state.stage is FleetCarStage.SHOWN and other and not self._planning)
            button.setEnabled(self._online and known and not state.busy)
            button.setToolTip("" if self._online else _OFFLINE)
        self.main.setVisible(not self._planning)
        ready = known if state.car is not None else state.form is not None
        self.main.setEnabled(self._online and ready and not state.busy)
        self.main.setToolTip("" if self._online else _OFFLINE)

    def _do_main(self) -> None:
        stage = self.vm.state.stage
        if stage is FleetCarStage.SHOWN:
            self.vm.edit()
        elif stage is FleetCarStage.ASKED:
            self.vm.confirm_status()
        else:
            self.save()

    def _help(self) -> None:
        """The button of the problem."""
        state = self.vm.state
        if isinstance(state.problem, Overtaken) and state.stage is FleetCarStage.FILLED_IN:
            self.vm.take_newer()
        elif state.stage is FleetCarStage.FILLED_IN and state.form is not None:
            self.save()
        elif state.car is not None:
            self.vm.open(state.car)
        else:
            self.vm.add(state.owner_id)

    def _back(self) -> None:
        if self.unsaved is not None:
            self.tasks.once("lose", self._lose())
        elif self.vm.state.car is None:
            self.close_panel()
        else:
            self.vm.back()

    async def _lose(self) -> None:
        question = self.unsaved
        if question is None or await confirm(self.window(), question):
            self.vm.close()
            super().close_panel()

    def _left(self) -> None:
        if self.unsaved is None:
            self.vm.close()

    def _fill_panel(self) -> None:
        self._form_page = QWidget()
        page = QVBoxLayout(self._form_page)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(4 * GRID)
        page.addWidget(self.form)
        page.addWidget(self.photos)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, _EDGE, 0)
        column.setSpacing(3 * GRID)
        for part in (self.banner, self.details, self.service, self.marks, self._form_page):
            column.addWidget(part)
        column.addStretch(1)
        self._form_page.hide()
        self.set_content(content)
        self.foot.setSpacing(2 * GRID)
        self.foot.setContentsMargins(0, 0, _EDGE, 0)
        for button in (*self.status.values(), self.second):
            self.foot.addWidget(button)
        self.foot.addWidget(self.main, 1)

    def _connect(self) -> None:
        self.tasks.failed.connect(self.task_failed)
        self.photos.task_failed.connect(self.task_failed)
        for questions in (self.service, self.marks):
            questions.task_failed.connect(self.task_failed)
        self.form.filled.connect(lambda changes: self.vm.fill(**changes))
        self.form.left.connect(self.vm.leave_field)
        self.form.reasoned.connect(self.vm.give_reason)
        self.form.owner_chosen.connect(lambda owner_id: self.vm.choose_owner(OwnerId(owner_id)))
        self.form.submitted.connect(self.save)
        self.photos.chosen.connect(self.vm.add_files)
        self.photos.moved.connect(self.vm.move_photo)
        self.photos.removed.connect(self.vm.remove_photo)
        self.photos.put_back.connect(self.vm.put_photo_back)
        self.banner.acted.connect(self._help)
        self.main.clicked.connect(self._do_main)
        self.second.clicked.connect(self._back)
        for status, button in self.status.items():
            button.clicked.connect(lambda _checked=False, status=status: self.vm.ask_status(status))
        self.closed.connect(self._left)
        self.vm.changed.connect(self.draw)
        self.vm.service.changed.connect(lambda _state: self._turn_to_service())

    def close_panel(self) -> None:
        """Asks first where something would be lost."""
        if self.unsaved is not None and self.isVisible():
            self.tasks.once("lose", self._lose())
        else:
            super().close_panel()

    # Qt names below.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.vm.state.stage in (FleetCarStage.ASKED, FleetCarStage.FILLED_IN):
            self._back()
        elif event.key() == Qt.Key.Key_Escape and self.vm.service.state.filling:
            self.service.leave_form()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.vm.state.stage is FleetCarStage.FILLED_IN and _files(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = _files(event)
        if files:
            event.acceptProposedAction()
            self.vm.add_files(files)


def _files(event: QDropEvent) -> tuple[str, ...]:
    return tuple(url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile())


def _title_of(state: FleetCarState) -> str:
    if state.car is None:
        return tr("New car")
    return state.car.title if state.stage is not FleetCarStage.FILLED_IN else tr("Edit {title}", title=state.car.title)
