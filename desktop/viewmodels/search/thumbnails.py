"""Photos of cars on their way to the screen: asked for in one go, kept while the session lasts."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.desk import Desk
from engine.domain.shared.errors import DriveSphereError

_KEEP = 400
#: One command brings so many.
_AT_ONCE = 50


class ThumbnailsViewModel(QObject):
    """What is looked at within one turn of the loop is fetched together.

    Signals:
        arrived: Thumbnails came; carries their ids as a frozenset.
    """

    arrived = Signal(object)

    def __init__(self, desk: Desk, tasks: TaskScope) -> None:
        super().__init__()
        self._desk, self._tasks = desk, tasks
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._asked: set[str] = set()
        self._wanted: set[str] = set()
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._fetch)

    def get(self, image_id: str) -> bytes | None:
        """A JPEG if it is here; else it is fetched and ``arrived`` tells of it."""
        if image_id in self._kept:
            self._kept.move_to_end(image_id)
            return self._kept[image_id]
        if image_id not in self._asked:
            self._wanted.add(image_id)
            if not self._soon.isActive():
                self._soon.start()
        return None

    def put(self, image_id: str, data: bytes) -> None:
        """One that is here already, such as that of a photo just added."""
        self._kept[image_id] = data
        if len(self._kept) > _KEEP:
            self._kept.popitem(last=False)

    def again(self) -> None:
        """What did not come may be asked for once more."""
        self._asked.clear()

    def _fetch(self) -> None:
        wanted, self._wanted = sorted(self._wanted), set()
        self._asked.update(wanted)
        for at in range(0, len(wanted), _AT_ONCE):
            part = wanted[at : at + _AT_ONCE]
            self._tasks.once(f"thumbnails {part[0]}", self._load(part))

    async def _load(self, image_ids: Iterable[str]) -> None:
        try:
            found = await self._desk.call(lambda: self._desk.services.images.thumbnails(self._desk.actor, image_ids))
        except DriveSphereError:
            # The silhouette stays; a page that is loaded again asks again.
            return
        for image_id, data in found.items():
            self.put(image_id, data)
        if found:
            self._asked -= found.keys()
            self.arrived.emit(frozenset(found))
