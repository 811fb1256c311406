"""Chips out of what a line's words were found to be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, product

from engine.domain.counter.chips import (
    Chip,
    ChipKind,
    ChipState,
    Chosen,
    Discount,
    OfBody,
    OfClass,
    OfModel,
    OfPlate,
    PaidBy,
    PickUpAt,
    Rents,
    RentsNew,
    ReturnTo,
    Said,
    Stay,
    WhyNot,
    WithCover,
    WithDeposit,
    WithExtra,
)
from engine.domain.counter.clock import WallClock
from engine.domain.counter.cover import MOST_TILINGS, Cover
from engine.domain.counter.known import Known
from engine.domain.counter.line_cut import Word
from engine.domain.counter.matches import Family, Match
from engine.domain.counter.stays import StayReader, Stays
from engine.domain.shared.sought import joined

_KINDS: dict[type, ChipKind] = {
    OfBody: ChipKind.BODY,
    OfClass: ChipKind.CAR_CLASS,
    OfModel: ChipKind.MODEL,
    OfPlate: ChipKind.PLATE,
    Stay: ChipKind.TIMES,
    Rents: ChipKind.RENTER,
    RentsNew: ChipKind.RENTER,
    PickUpAt: ChipKind.PICK_UP,
    ReturnTo: ChipKind.RETURN_TO,
    WithExtra: ChipKind.EXTRA,
    WithCover: ChipKind.COVER,
    WithDeposit: ChipKind.DEPOSIT,
    PaidBy: ChipKind.TENDER,
    Discount: ChipKind.DISCOUNT,
}
_LONGEST_REASON = 8
_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|['’.-])*")  # noqa: RUF001 -- as it is typed


class ChipMaker:
    """For the words of one line."""

    def __init__(self, words: Sequence[Word], known: Known, clock: WallClock, chosen: Sequence[Chosen]) -> None:
        self._words, self._chosen, self._said = words, chosen, known.words
        self._stays = StayReader(clock, known.opens, known.closes)

    def chips(self, covers: Sequence[Cover]) -> list[Chip]:
        """In no order; each word is in one of them."""
        taken = {at for each in covers for at in range(each.match.begin, each.match.end)}
        found = list[Chip]()
        for each in covers:
            if each.match.family is Family.DISCOUNT:
                reason = self._reason(each.match, taken)
                taken |= set(reason)
                found.append(self._discount(each, reason))
            elif each.match.family is not Family.TIMES:
                found.append(self._of(each, covers))
        if timely := [each for each in covers if each.match.family is Family.TIMES]:
            found.append(self._times(timely, covers))
        new = not any(chip.kind is ChipKind.RENTER for chip in found)
        return [*found, *self._unread(taken, new=new)]

    def _of(self, each: Cover, covers: Sequence[Cover]) -> Chip:
        said = each.match.said
        where = range(each.match.begin, each.match.end)
        if each.match.family is Family.FILLER:
            return self._chip(ChipKind.FILLER, ChipState.CERTAIN, where)
        kind = _KINDS[type(said[0])]
        if len(said) == 1 and each.match.sure and not each.rivals:
            return self._chip(kind, ChipState.CERTAIN, where, said=said[0])
        others = tuple(one for rival in each.rivals for one in self._said_by(rival, covers))
        new = [RentsNew(self._typed(where))] if kind is ChipKind.RENTER and self._is_name(where) else []
        candidates = tuple(dict.fromkeys((*said, *others, *new)))
        return self._chip(kind, ChipState.AMBIGUOUS, where, candidates=candidates)

    def _said_by(self, rival: Match, covers: Sequence[Cover]) -> tuple[Said, ...]:
        """Of words that may be a time the stays that it would make with the other words of time."""
        return rival.said if rival.family is not Family.TIMES else self._stays_with(rival, covers).found

    def _stays_with(self, rival: Match, covers: Sequence[Cover]) -> Stays:
        timely = [each.match for each in covers if each.match.family is Family.TIMES and not each.match.overlaps(rival)]
        also = [rival] if rival.family is Family.TIMES else []
        return self._stays.stays([each.pieces for each in (*timely, *also)]) if timely or also else Stays()

    def _times(self, timely: Sequence[Cover], covers: Sequence[Cover]) -> Chip:
        """All words of time are one chip, wherever they stand."""
        where = [at for each in timely for at in range(each.match.begin, each.match.end)]
        regions = [each.tilings for each in timely if each.tilings]
        tilings = islice(product(*regions), MOST_TILINGS)
        stays = self._stays.stays(*([each.pieces for region in tiling for each in region] for tiling in tilings))
        found: list[Said] = list(stays.found)
        contested = [rival for each in timely for rival in each.rivals]
        contested += [rival for each in covers for rival in each.rivals if rival.family is Family.TIMES]
        for rival in contested:
            found += [*self._stays_with(rival, covers).found, *rival.said]
        if found and (picked := self._picked(found, where)) is not None:
            return self._chip(ChipKind.TIMES, ChipState.CERTAIN, where, said=picked)
        if stays.sure and not contested:
            return self._chip(ChipKind.TIMES, ChipState.CERTAIN, where, said=stays.found[0])
        if found:
            return self._chip(ChipKind.TIMES, ChipState.AMBIGUOUS, where, candidates=tuple(dict.fromkeys(found)))
        return self._chip(ChipKind.TIMES, ChipState.NOT_READ, where, why=stays.why)

    def _picked(self, found: Sequence[Said], where: Sequence[int]) -> Stay | None:
        """What somebody chose for these words, or for one of them that might have been something else."""
        texts = {self._words[at].text for at in where}
        for choice in self._chosen:
            if isinstance(choice.said, Stay) and choice.said in found and set(choice.words.split()) <= texts:
                return choice.said
        return None

    def _reason(self, match: Match, taken: set[int]) -> list[int]:
        """Words behind a discount that nothing else reads."""
        if all(isinstance(each, Discount) and each.reason for each in match.said):
            return []
        end = match.end
        while end < min(len(self._words), match.end + _LONGEST_REASON) and end not in taken:
            end += 1
        return list(range(match.end, end))

    def _discount(self, each: Cover, reason: list[int]) -> Chip:
        where = [*range(each.match.begin, each.match.end), *reason]
        told = self._typed(reason)
        said = tuple(replace(one, reason=told) if told else one for one in each.match.said if isinstance(one, Discount))
        if not all(one.reason for one in said):
            return self._chip(ChipKind.DISCOUNT, ChipState.NOT_READ, where, candidates=said, why=WhyNot.NO_REASON)
        others = tuple(one for rival in each.rivals for one in rival.said)
        if len(said) == 1 and not each.rivals:
            return self._chip(ChipKind.DISCOUNT, ChipState.CERTAIN, where, said=said[0])
        return self._chip(ChipKind.DISCOUNT, ChipState.AMBIGUOUS, where, candidates=(*said, *others))

    def _unread(self, taken: set[int], *, new: bool) -> Iterator[Chip]:
        """A run of words that may be a name is one chip; any other word is one of its own."""
        for where in self._runs([at for at in range(len(self._words)) if at not in taken]):
            offered = (RentsNew(self._typed(where)),) if new and self._is_name(where) else ()
            yield self._chip(ChipKind.UNKNOWN, ChipState.NOT_READ, where, candidates=offered, why=WhyNot.UNKNOWN)

    def _runs(self, left: Sequence[int]) -> list[list[int]]:
        runs = list[list[int]]()
        for at in left:
            if runs and runs[-1][-1] == at - 1 and self._is_name([at - 1, at]):
                runs[-1].append(at)
            else:
                runs.append([at])
        return runs

    def _is_name(self, where: Sequence[int]) -> bool:
        """Whether somebody may be called so."""
        words, own = [self._words[at] for at in where], self._said.deposit | self._said.discount
        return all(
            word.readable and _NAME.fullmatch(word.text) is not None and joined(word.text) not in own for word in words
        )

    def _typed(self, where: Sequence[int]) -> str:
        return " ".join(self._words[at].text for at in where)

    def _chip(
        self,
        kind: ChipKind,
        state: ChipState,
        where: Sequence[int],
        *,
        said: Said | None = None,
        candidates: tuple[Said, ...] = (),
        why: WhyNot | None = None,
    ) -> Chip:
        spans = tuple(self._words[at].span for at in where)
        words = " ".join(self._words[at].text or self._words[at].typed for at in where)
        return Chip(kind, state, spans, words, said, candidates, why)
