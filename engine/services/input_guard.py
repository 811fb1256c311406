"""What every use case refuses before it looks at its arguments: text that is no text, numbers nobody can keep."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, TypeVar

from engine.domain.people.people import Actor
from engine.domain.shared.errors import InvalidText

T = TypeVar("T")

#: Far above every field's own limit: what nobody types is not even measured against those.
_LONGEST = 100_000


def gated(service: type[T]) -> type[T]:
    """Let no public coroutine of *service* be called with what the database would read as a question.

    A dictionary where text belongs would be an operator in a filter (S9); a lone surrogate cannot be sent at all,
    nor a number beyond 64 bits. Each service still checks what its own texts may hold.

    Raises (the coroutines):
        InvalidText: Naming the argument or the field.
    """
    for name, verb in list(vars(service).items()):
        if not name.startswith("_") and inspect.iscoroutinefunction(verb):
            setattr(service, name, _checked(verb))
    return service


def _checked(verb: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    names = list(inspect.signature(verb).parameters)

    @functools.wraps(verb)
    async def checked(*args: Any, **kwargs: Any) -> Any:
        for name, value in (*zip(names[1:], args[1:], strict=False), *kwargs.items()):
            _look(name, value)
        return await verb(*args, **kwargs)

    return checked


def _look(name: str, value: object) -> None:
    if isinstance(value, Enum | Actor):
        return
    if isinstance(value, str):
        _look_at_text(name, value)
    elif isinstance(value, int):
        if not -(2**63) <= value < 2**63:
            raise InvalidText(name, "field.too_large")
    elif isinstance(value, dict):
        raise InvalidText(name, "field.no_text")
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            _look(name, each)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            _look(field.name, getattr(value, field.name))


def _look_at_text(name: str, text: str) -> None:
    if len(text) > _LONGEST:
        raise InvalidText(name, "field.too_long", longest=f"{_LONGEST:,}")
    try:
        text.encode()
    except UnicodeEncodeError as problem:
        raise InvalidText(name, "field.unshown") from problem
