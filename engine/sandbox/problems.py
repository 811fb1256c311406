"""Stripe's ways of saying no."""

from __future__ import annotations

from typing import Any


class StripeProblem(Exception):
    """Becomes an answer with this status and an ``error`` object of this type.

    Attributes:
        kept: Whether a repeat under the same idempotency key gets this very answer again. Stripe keeps what it
            answered once work began, and forgets requests that it refused at the door.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str = "",
        param: str = "",
        kept: bool = False,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status, self.kept = status, kept
        self._body = {"type": kind, "message": message, "code": code, "param": param, **more}

    @property
    def body(self) -> dict[str, Any]:
        return {"error": {name: value for name, value in self._body.items() if value}}


def missing(kind: str, key: str, param: str) -> StripeProblem:
    return StripeProblem(f"No such {kind}: '{key}'", status=404, code="resource_missing", param=param)


def refused(message: str, *, code: str = "", param: str = "", **more: Any) -> StripeProblem:
    """A request that was understood and begun, and may not be done in the present state."""
    return StripeProblem(message, code=code, param=param, kept=True, **more)
