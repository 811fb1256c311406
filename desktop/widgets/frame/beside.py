"""A panel beside a page that is built when it is first wanted; in most sessions most of them never are.

API: Beside(make): wanted(), there, is_open, is_visible, when_built(tell).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop.widgets.frame.side_panel import SidePanel

P = TypeVar("P", bound="SidePanel")


class Beside(Generic[P]):
    """Whoever opens the panel asks for it by ``wanted``; whoever only looks at it does not build it.

    Attributes:
        there: The panel, once it is built.
    """

    def __init__(self, make: Callable[[], P]) -> None:
        self._make = make
        self._tells: list[Callable[[P], object]] = []
        self.there: P | None = None

    def wanted(self) -> P:
        """The panel, built now if it was not before."""
        if self.there is None:
            self.there = self._make()
            tells, self._tells = self._tells, []
            for tell in tells:
                tell(self.there)
        return self.there

    def when_built(self, tell: Callable[[P], object]) -> None:
        """Call *tell* with the panel: now if it is there, else as soon as it is built."""
        if self.there is None:
            self._tells.append(tell)
        else:
            tell(self.there)

    @property
    def is_open(self) -> bool:
        """As ``SidePanel.is_open``."""
        return self.there is not None and self.there.is_open

    @property
    def is_visible(self) -> bool:
        """Also while it slides out."""
        return self.there is not None and self.there.isVisible()
