"""Credit notes: per line never more than the line, and the taxes of all of them together never more than theirs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from engine.domain.money.money import Money
from engine.domain.papers.errors import PaperRefused
from engine.domain.papers.paper import Paper, PaperKind, PaperLine, TaxSum
from engine.domain.papers.taxes import tax_within


def left_to_credit(original: Paper, earlier: Iterable[Paper]) -> dict[int, Money]:
    """By line what no credit note of *earlier* has given back; of the same sign as the line."""
    left = {line.n: line.gross for line in original.body.content.lines}
    for note in earlier:
        for line in note.body.content.lines:
            left[line.corrects] -= line.gross
    return left


def credits_wrong(original: Paper | None, notes: Sequence[Paper]) -> bool:
    """Whether the credit notes of one paper are more than it, not counted from 1 on, or of no invoice at all."""
    turns = sorted(note.body.corrects.turn for note in notes if note.body.corrects)
    if original is None or original.body.kind is not PaperKind.INVOICE or turns != list(range(1, len(notes) + 1)):
        return True
    lines = {line.n: line.gross for line in original.body.content.lines}
    if any(line.corrects not in lines for note in notes for line in note.body.content.lines):
        return True
    if any(line.gross.currency != original.body.currency for note in notes for line in note.body.content.lines):
        return True
    left = left_to_credit(original, notes)
    return any(left[n].minor * whole.minor < 0 for n, whole in lines.items())


def credit(
    original: Paper, earlier: Sequence[Paper], wanted: Mapping[int, Money] | None
) -> tuple[tuple[PaperLine, ...], tuple[TaxSum, ...]]:
    """Lines and taxes of a credit note, all of the sign that the original has them with.

    Args:
        original: The invoice.
        earlier: All credit notes of it so far.
        wanted: Number of its line -> how much of that; None for all that is left.

    Raises:
        PaperRefused: ``paper.credit_above``, with ``line`` and what is ``left``; ``paper.credit_nothing``.
    """
    left = left_to_credit(original, earlier)
    chosen = wanted if wanted is not None else {n: amount for n, amount in left.items() if amount.minor}
    if not chosen:
        raise PaperRefused("paper.credit_nothing")
    known = {line.n: line for line in original.body.content.lines}
    lines = tuple(
        _credited(at, known[n], left[n], amount) if n in known else _unknown(n)
        for at, (n, amount) in enumerate(sorted(chosen.items()), 1)
    )
    return lines, _taxes(original, earlier, lines)


def spread(left: Mapping[int, Money], amount: Money) -> dict[int, Money]:
    """*amount* over the lines by what is *left* of each, by largest remainder; what a line gets is never above it.

    Raises:
        PaperRefused: ``paper.credit_much``, where it is not above nothing or more than all that is left.
    """
    total = sum((each.minor for each in left.values()), 0)
    if not 0 < amount.minor <= total or any(each.currency != amount.currency for each in left.values()):
        raise PaperRefused("paper.credit_much", left=str(total), currency=amount.currency)
    exact = {n: Fraction(amount.minor * each.minor, total) for n, each in left.items()}
    shares = {n: each.__floor__() for n, each in exact.items()}
    missing = amount.minor - sum(shares.values())
    for n in sorted(exact, key=lambda n: (shares[n] - exact[n], n))[:missing]:
        shares[n] += 1
    return {n: Money(share, amount.currency) for n, share in shares.items() if share}


def _unknown(n: int) -> PaperLine:
    raise PaperRefused("paper.credit_no_line", line=n)


def _credited(at: int, line: PaperLine, left: Money, amount: Money) -> PaperLine:
    sign = -1 if line.gross.minor < 0 else 1
    if amount.currency != left.currency or not 0 < sign * amount.minor <= sign * left.minor:
        raise PaperRefused("paper.credit_above", line=line.n, left=str(left.minor), currency=left.currency)
    if amount == line.gross:
        return replace(line, n=at, corrects=line.n)
    return replace(line, n=at, quantity=1, unit="part", unit_price=amount, gross=amount, corrects=line.n)


def _taxes(original: Paper, earlier: Sequence[Paper], lines: tuple[PaperLine, ...]) -> tuple[TaxSum, ...]:
    """Counted on all that was credited so far, so that notes which reach the original take back its tax to the cent."""
    sums = []
    nothing = Money(0, original.body.currency)
    codes = dict.fromkeys(line.tax for line in lines)
    for each in (each for each in original.body.taxes if each.code in codes):
        now = sum((line.gross for line in lines if line.tax == each.code), nothing)
        before = [one for note in earlier for one in note.body.taxes if one.code == each.code]
        gross_before = sum((one.gross for one in before), nothing)
        tax_before = sum((one.tax for one in before), nothing)
        tax = tax_within(gross_before + now, each.rate_bp) - tax_before
        sums.append(replace(each, net=now - tax, tax=tax, gross=now))
    return tuple(sums)
