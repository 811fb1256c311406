"""How long an agreement of three pages takes to be drawn, in a program without a window."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from drawn_papers import issued_paper
from paper_builders import FIRM

from desktop.papers.pdf import drawn_alone
from engine.domain.papers.paper import PaperKind

_TERM = "The renter drives with care, as one's own car deserves, and says at once what happens to it. "
_ROUNDS = 21
#: Milliseconds for three pages.
LIMIT = 150


def main() -> int:
    terms = "\n".join(f"{n}. {_TERM * 4}" for n in range(1, 23))
    paper = issued_paper(PaperKind.AGREEMENT, firm=replace(FIRM, terms=terms))
    took = []
    for _ in range(_ROUNDS):
        began = perf_counter()
        made = drawn_alone(paper)
        took.append(1000 * (perf_counter() - began))
    first, usual = took[0], median(took[1:])
    print(f"{made.pages} pages, {len(made.data)} bytes: first {first:.0f} ms, then {usual:.0f} ms (limit {LIMIT} ms)")
    return 0 if usual < LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
