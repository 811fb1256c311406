"""What a person can do, said once: menus, shortcuts, the F1 sheet and later the palette read from here.

API: Command(id, title, run, key, when, group, here); Commands: add, action(id), run(id), refresh, listing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence

from engine.words.tr import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

#: Opens the palette, and has no line in it.
PALETTE = "help.palette"


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Command:
    """One verb.

    *key* is a QKeySequence text such as ``"Ctrl+K"``. *when* says whether it makes sense now; it is
    asked often and must be cheap. *here* says whether its key is meant on the page that is looked at: then several
    commands may share it. Whoever runs it by name needs no page.
    """

    id: str
    title: str
    run: Callable[[], None]
    key: str = ""
    when: Callable[[], bool] = _always
    group: str = tr("General")
    here: Callable[[], bool] | None = None


@dataclass(frozen=True, slots=True)
class CommandLine:
    """One line of a menu, palette or help sheet; *key* is spelt as this system spells keys."""

    id: str
    group: str
    title: str
    key: str
    enabled: bool


class Commands(QObject):
    """The registry of one window.

    Signals:
        changed: Commands came, went or changed their availability.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._commands: dict[str, Command] = {}
        self._actions: dict[str, QAction] = {}

    def add(self, *commands: Command) -> None:
        """Register; an id or key used twice is a mistake of the program.

        Raises:
            ValueError: The id or the key is taken.
        """
        for command in commands:
            self._refuse_twins(command)
            action = QAction(command.title, self)
            if not any(other.key == command.key for other in self._commands.values()):
                action.setShortcut(QKeySequence(command.key))
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            action.triggered.connect(lambda _checked=False, called=command: self._press(called))
            self._commands[command.id] = command
            self._actions[command.id] = action
        self.refresh()

    def remove(self, ids: Iterable[str]) -> None:
        """Take away what belonged to a page that was left."""
        for name in list(ids):
            self._commands.pop(name)
            self._actions.pop(name).deleteLater()
        self.changed.emit()

    def action(self, name: str) -> QAction:
        """For a menu or a button; shortcuts work once it was added to the window with ``addAction``."""
        return self._actions[name]

    def actions(self) -> list[QAction]:
        return list(self._actions.values())

    def run(self, name: str) -> bool:
        """Run unless it makes no sense now; says whether it ran."""
        command = self._commands[name]
        if not command.when():
            self.refresh()
            return False
        command.run()
        self.refresh()
        return True

    def meant(self, key: str) -> Command | None:
        """The command that *key* calls on the page that is looked at, if it makes sense now."""
        called = (command for command in self._commands.values() if command.key and _same(command.key, key))
        return next((each for each in called if (each.here is None or each.here()) and each.when()), None)

    def _press(self, called: Command) -> None:
        """By its key, which it may share."""
        meant = self.meant(called.key) if called.key else called
        if meant is not None:
            self.run(meant.id)
        else:
            self.refresh()

    def refresh(self) -> None:
        """Ask every *when* again and enable the actions accordingly."""
        for name, command in self._commands.items():
            sharing = [other for other in self._commands.values() if command.key and other.key == command.key]
            self._actions[name].setEnabled(any(each.when() for each in sharing or [command]))
        self.changed.emit()

    def listing(self) -> tuple[CommandLine, ...]:
        """Everything in order of registration; groups stay together in the order they first came."""
        order = list(dict.fromkeys(command.group for command in self._commands.values()))
        every = sorted(self._commands.values(), key=lambda command: order.index(command.group))
        native = QKeySequence.SequenceFormat.NativeText
        return tuple(
            CommandLine(
                command.id, command.group, command.title, QKeySequence(command.key).toString(native), command.when()
            )
            for command in every
        )

    def _refuse_twins(self, command: Command) -> None:
        if command.id in self._commands:
            raise ValueError(f"command {command.id} is there already")
        for other in self._commands.values():
            if command.key and other.key == command.key and (command.here is None or other.here is None):
                raise ValueError(f"{command.key} is the key of {other.id}")


def _same(key: str, pressed: str) -> bool:
    return key == pressed or QKeySequence(key) == QKeySequence(pressed)
