"""Reads one typed line of words in any order as a walk-in: ``yaris tue 10-18 schafer +seat cash``.

Money, days and times are never guessed: what can be read in two ways is ambiguous, and what nothing reads stays a word
of its own. No word is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from engine.domain.counter.agreeing import agreeing
from engine.domain.counter.chips import Chip, ChipKind, ChipState, Chosen, LineRead, PickUpAt, Span, WhyNot
from engine.domain.counter.clock import WallClock
from engine.domain.counter.cover import cover
from engine.domain.counter.known import Known
from engine.domain.counter.line_chips import ChipMaker
from engine.domain.counter.line_cut import LONGEST, MOST_WORDS, cut, is_turned
from engine.domain.counter.line_matches import LineMatches
from engine.domain.counter.matches import Lexicon
from engine.domain.counter.pieces import PieceReader


class WalkInLine:
    """Reads lines with what is known; made anew when that changes."""

    def __init__(self, known: Known) -> None:
        self._known, self._lexicon = known, Lexicon(known)
        self._times = dict[tzinfo, PieceReader]()

    def read(self, text: str, chosen: Sequence[Chosen] = ()) -> LineRead:
        """Never raises, whatever *text* is. *chosen* are decisions on chips of the line as it was typed so far."""
        if is_turned(text):
            return self._refused(text, WhyNot.TURNED)
        read = self._in_zone(text, chosen, self._known.zone)
        zone = self._zone_of(read)
        return read if zone is None or zone == self._known.zone else self._in_zone(text, chosen, zone)

    def _zone_of(self, read: LineRead) -> tzinfo | None:
        """Days and times are told on the clock of the branch where the car is picked up."""
        at = next((chip.said.branch_id for chip in read.chips if isinstance(chip.said, PickUpAt)), None)
        return next((branch.zone for branch in self._known.branches if branch.id == at), None)

    def _in_zone(self, text: str, chosen: Sequence[Chosen], zone: tzinfo) -> LineRead:
        words = cut(text) if len(text) <= LONGEST else ()
        if len(text) > LONGEST or len(words) > MOST_WORDS:
            return self._refused(text, WhyNot.TOO_LONG)
        times = self._times_in(zone)
        matches = LineMatches(words, self._lexicon, times).found(chosen)
        chips = ChipMaker(words, self._known, times.clock, chosen).chips(cover(len(words), matches))
        in_order = sorted(chips, key=lambda chip: chip.spans[0].begin)
        return LineRead(text, zone, agreeing(in_order, self._known))

    def _times_in(self, zone: tzinfo) -> PieceReader:
        if zone not in self._times:
            clock = WallClock(self._known.now, zone, self._known.habits)
            self._times[zone] = PieceReader(clock, self._known.words)
        return self._times[zone]

    def _refused(self, text: str, why: WhyNot) -> LineRead:
        """All of the line is one chip that is not read."""
        shown = text.strip()
        begin = text.find(shown)
        span = Span(begin, begin + len(shown))
        chip = Chip(ChipKind.UNKNOWN, ChipState.NOT_READ, (span,), shown[:LONGEST], why=why)
        return LineRead(text, self._known.zone, (chip,))
