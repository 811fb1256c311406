"""How long a test waits for what comes for certain: one time for all of them, whatever they wait with."""

#: Seconds. Nothing in quiet takes a tenth of it; with twenty others at work on two cores something may.
WITHIN_S = 120.0
