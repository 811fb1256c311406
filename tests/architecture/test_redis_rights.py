"""Every command and key that the program uses in Redis stands in ``engine/adapters/redis/rights.py``, and no other."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from engine.adapters.redis import cache as redis_cache
from engine.adapters.redis import leases as redis_leases
from engine.adapters.redis.rights import COMMANDS, KEYS

ENGINE = Path(redis_leases.__file__).parents[2]
IN_SCRIPTS = re.compile(r"redis\.p?call\(\s*['\"](\w+)['\"]")
#: Made at the client, asks the server nothing.
LOCAL = {"register_script", "connection_pool", "aclose"}


def adapters():
    return [path for path in ENGINE.rglob("*.py") if re.search(r"\bredis\b", path.read_text(encoding="utf-8"))]


def asked_by(tree):
    """Names of what is asked of an attribute or variable that is called ``redis``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and (
            (isinstance(node.value, ast.Attribute) and node.value.attr == "redis")
            or (isinstance(node.value, ast.Name) and node.value.id == "redis")
        ):
            yield node.attr


def test_every_command_of_the_program_is_in_the_file_and_no_other_is():
    asked = set()
    for path in adapters():
        source = path.read_text(encoding="utf-8")
        asked |= {name.lower() for name in IN_SCRIPTS.findall(source)}
        asked |= set(asked_by(ast.parse(source))) if "adapters" in path.parts else set()

    assert asked - LOCAL == COMMANDS


def test_every_key_that_is_made_is_in_the_file_and_no_other_is():
    made = set()
    for module in (redis_cache, redis_leases):
        source = Path(module.__file__).read_text(encoding="utf-8")
        made |= {kind.rstrip(":") for kind in re.findall(r"_prefix}:([a-z]+:?)", source)}

    assert made == {pattern.removesuffix(":*") for pattern in KEYS}


def test_no_other_module_speaks_to_redis():
    users = {path.relative_to(ENGINE).as_posix() for path in ENGINE.rglob("*.py") if imports_driver(path)}

    assert users == {"adapters/redis/line.py"}


def imports_driver(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        named = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        names = [named, *(alias.name for alias in node.names)] if isinstance(node, ast.Import | ast.ImportFrom) else []
        if any(name == "redis" or name.startswith("redis.") for name in names):
            return True
    return False
