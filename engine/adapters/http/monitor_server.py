"""What a firm's monitoring asks a worker: ``GET /ready`` and ``GET /metrics``. No names, and no question passed on.

For this computer or a network of the firm's own: it is plain HTTP, and whoever reaches it may read it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from engine.domain.health.rounds import Round

_TEXT = "text/plain; version=0.0.4; charset=utf-8"
_KINDS = (
    ("drivesphere_round_done_total", "counter", "Rounds that came to their end.", lambda each: each.done),
    ("drivesphere_round_failed_total", "counter", "Rounds that failed.", lambda each: each.failed),
    (
        "drivesphere_round_age_seconds",
        "gauge",
        "Since the last that came to its end, or the start.",
        lambda each: each.age,
    ),
    ("drivesphere_round_late", "gauge", "1 where that is too long ago.", lambda each: int(each.late)),
)


def monitor_app(rounds: Callable[[], Iterable[Round]], version: str) -> Starlette:
    """``/ready`` is 200 once every round that is needed was done and while none is late; else 503 and says why.

    ``/metrics`` is Prometheus' text.
    """

    async def ready(_: Request) -> Response:
        missing = _missing(list(rounds()))
        said = "".join(f"{each}\n" for each in missing) or "ready\n"
        return PlainTextResponse(said, HTTPStatus.SERVICE_UNAVAILABLE if missing else HTTPStatus.OK)

    async def metrics(_: Request) -> Response:
        return Response("\n".join(_metrics(list(rounds()), version)) + "\n", media_type=_TEXT)

    return Starlette(routes=[Route("/ready", ready), Route("/metrics", metrics)])


def _metrics(rounds: list[Round], version: str) -> list[str]:
    lines = ["# HELP drivesphere_info The program.", "# TYPE drivesphere_info gauge"]
    lines.append(f'drivesphere_info{{version="{version}"}} 1')
    for name, kind, says, value in _KINDS:
        lines += [f"# HELP {name} {says}", f"# TYPE {name} {kind}"]
        lines += [f'{name}{{round="{each.name}"}} {value(each):g}' for each in rounds]
    return [*lines, "# TYPE drivesphere_ready gauge", f"drivesphere_ready {int(not _missing(rounds))}"]


def _missing(rounds: list[Round]) -> list[str]:
    needed = [each for each in rounds if each.needed]
    if not needed:
        return ["not begun"]
    return [f"{each.name}: not done for {each.age:.0f} s" for each in needed if each.late or not each.done]
