"""Files that hold or are named by settings: read as text whatever they are, or refused in words."""

from __future__ import annotations

import codecs
import io
import ssl
import tomllib
from pathlib import Path
from typing import Any

from dotenv import dotenv_values

from engine.domain.shared.errors import Misconfigured
from engine.domain.shared.remark import Remark, remark

_MOST_BYTES = 1_000_000
#: The longer one first: UTF-32's little-endian mark begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_toml(path: Path) -> dict[str, Any]:
    """Raises: Misconfigured, when it cannot be read or is no TOML."""
    text = _text(path)
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as problem:
        why = problem if isinstance(problem, tomllib.TOMLDecodeError) else remark("why.no_toml")
        raise Misconfigured("settings_file.no_toml", path=path, why=why) from problem


def read_dotenv(path: Path) -> dict[str, str]:
    """Raises: Misconfigured, when it cannot be read."""
    told = dotenv_values(stream=io.StringIO(_text(path)), interpolate=False)
    return {name: value for name, value in told.items() if value is not None}


def there(path: Path) -> bool:
    """Whether something of that name is there, readable or not. Raises: Misconfigured, where nothing can be."""
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    except (OSError, ValueError) as problem:
        raise Misconfigured("settings_file.not_looked", path=_name(path), why=_why(problem)) from problem
    return True


def check_certificates(name: str, path: str) -> None:
    """Raises: Misconfigured, when the setting *name* names no file of certificates."""
    try:
        found = Path(path).is_file()
    except (OSError, ValueError):
        found = False
    if not found:
        raise Misconfigured("settings.no_file", name=name, path=_name(path))
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except (OSError, ValueError) as problem:  # ssl.SSLError is an OSError
        why = remark("why.no_pem") if isinstance(problem, ssl.SSLError) else _why(problem)
        raise Misconfigured("settings.file_unusable", name=name, path=path, why=why) from problem


def _text(path: Path) -> str:
    """In UTF-8, or in what its first bytes say."""
    try:
        with path.open("rb") as file:
            raw = file.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as problem:
        raise Misconfigured("settings_file.unreadable", path=_name(path), why=_why(problem)) from problem
    if len(raw) > _MOST_BYTES:
        raise Misconfigured("settings_file.too_large", path=path)
    encoding = next((name for mark, name in _MARKS if raw.startswith(mark)), "utf-8")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as problem:
        raise Misconfigured("settings_file.not_utf8", path=path) from problem
    if "\0" in text:
        raise Misconfigured("settings_file.no_text", path=path)
    return text


def _why(problem: Exception) -> str | Remark:
    return getattr(problem, "strerror", None) or remark("why.no_name")


def _name(path: Path | str) -> str:
    """As it can be printed."""
    return str(path).encode("utf-8", "backslashreplace").decode()[:300]
