"""Books each car once. Whoever imports any part of it reads time zones from the pinned package ``tzdata``.

The system's own zone data would win otherwise, and two desks would see one branch an hour apart
(docs/decisions/0036). It stands here because every process of ours passes through here first: window, console script,
worker, sandbox, tests.
"""

from zoneinfo import ZoneInfo, reset_tzpath

reset_tzpath(to=())
ZoneInfo.clear_cache()
