"""The command line: options before a command hold or are refused, summaries are whole, failures are sentences."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.cli import drivesphere

SPECIAL = {"keeper", "sandbox"}  # hidden: the program's own, with arguments of their own


def leaves(command, path=()):
    """Every command of the tree with the words that lead to it."""
    if isinstance(command, click.Group) and path:
        yield path, command
    for name, child in getattr(command, "commands", {}).items():
        yield (*path, name), child
        if isinstance(child, click.Group):
            yield from leaves(child, (*path, name))


COMMANDS = sorted(leaves(drivesphere), key=lambda pair: pair[0])
OPTIONS = [each for each in drivesphere.params if each.expose_value]


def needed(command, value="x"):
    """The fewest words that this command takes."""
    words = []
    for each in command.params:
        asked = each.required or getattr(each, "prompt", None)
        text = "2026-01-01" if each.name in {"since", "until"} else value
        text = "mongodb://127.0.0.1:1" if each.name == "mongo_url" else text
        if isinstance(each, click.Argument) and each.required:
            words.append(text)
        elif asked and isinstance(each, click.Option):
            words += [each.opts[0], text]
    return words


def recorded(monkeypatch, command):
    """What the command would have worked with, instead of working."""
    seen = []
    monkeypatch.setattr(command, "callback", lambda **values: seen.append(values))
    return seen


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=[" ".join(path) for path, _ in COMMANDS])
@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_an_option_before_a_command_holds_for_it_or_is_refused(monkeypatch, tmp_path, path, command, option):
    seen = recorded(monkeypatch, command)
    given_value = "True" if option.is_flag else str(tmp_path / "X")
    words = [option.opts[0]] if option.is_flag else [option.opts[0], given_value]

    told = CliRunner().invoke(drivesphere, [*words, *path, *needed(command)])

    if option.name in {each.name for each in command.params}:
        assert 0 == told.exit_code, told.output
        assert [given_value] == [str(values[option.name]) for values in seen]
    else:
        assert 2 == told.exit_code
        assert [] == seen
        assert f"{option.opts[0]} means nothing to {path[-1]}" in told.output
    assert not Path(given_value).exists()


@pytest.mark.parametrize(
    ("path", "command"), [pair for pair in COMMANDS if "data" in {each.name for each in pair[1].params}]
)
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(above=st.sampled_from(["X", "./X", "/X", "Y"]), behind=st.sampled_from(["X", "./X", "Y", "/Y"]))
def test_two_that_differ_are_refused(path, command, above, behind):
    with pytest.MonkeyPatch.context() as monkeypatch:
        seen = recorded(monkeypatch, command)
        told = CliRunner().invoke(drivesphere, ["--data", above, *path, *needed(command), "--data", behind])

    if Path(above) == Path(behind):
        assert [Path(above)] == [values["data"] for values in seen]
    else:
        assert (2, []) == (told.exit_code, seen)
        assert "give one" in told.output


def test_the_doctor_makes_no_second_deployment_elsewhere(tmp_path):
    """The case that was reported, by the real program: it names the folder that was given before the command."""
    (tmp_path / "blocked").write_text("no folder can be made here")
    env = {
        **os.environ,
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "share"),
        "DRIVESPHERE_CONFIG": os.devnull,
    }
    words = [sys.executable, "-m", "engine.cli", "--data", str(tmp_path / "blocked" / "X"), "doctor"]

    done = subprocess.run(  # noqa: S603 -- ourselves
        words, env=env, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )

    assert 2 == done.returncode
    assert str(tmp_path / "blocked" / "X") in done.stderr
    assert not (tmp_path / "share").exists()


@pytest.mark.parametrize("width", [60, 80, 200])
def test_summaries_are_whole_sentences(width):
    told = CliRunner().invoke(drivesphere, ["--help"], terminal_width=width).output
    plain = " ".join(told.split())

    assert "..." not in told.replace("[ARGS]...", "")
    assert "…" not in told
    for path, command in COMMANDS:
        if not command.hidden:
            summary = command.get_short_help_str(10_000)
            assert summary.endswith("."), path
            assert summary in plain, path


PASSWORDS = st.text(alphabet="abcXYZ019:/?#%!$&", min_size=1, max_size=12).map(lambda text: f"hush{text}")
NAMES = st.sampled_from(["anna", "root", "o%27brien", ""])


@settings(max_examples=40, deadline=None)
@given(NAMES, PASSWORDS, st.sampled_from(["db", "db:27017,db2", "[::1]:1"]), st.sampled_from(["", "/", "/?tls=true"]))
def test_a_password_in_the_address_is_answered_with_what_to_do(name, password, host, rest):
    url = f"mongodb://{name}:{password}@{host}{rest}"

    told = CliRunner().invoke(drivesphere, ["provision", "--mongo-url", url])

    assert 2 == told.exit_code
    assert isinstance(told.exception, SystemExit)
    for word in ("shell's history", "--root NAME", "DRIVESPHERE_PASSWORD", "change it"):
        assert word in " ".join(told.output.split())
    assert "hush" not in told.output


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=20).filter(lambda text: not re.fullmatch(r"[A-Za-z0-9_-]{1,63}", text)))
def test_a_name_that_no_database_has_is_refused_in_words(name):
    url = ["--mongo-url", "mongodb://127.0.0.1:1", "--root", "r"]

    told = CliRunner().invoke(drivesphere, ["provision", *url, f"--database={name}"])

    assert 2 == told.exit_code
    assert isinstance(told.exception, SystemExit)
    assert "letters, digits" in told.output


#: Imports once, also what each command would load for itself; each of the list is carried out in a process of its own,
#: its words in a file of its number.
CARRIED_OUT = """
import json, os, sys
from engine.cli import main
from engine import bootstrap
from engine.commands import backup, doctor, provision, race_report, reconcile, restore, worker
children = []
for n, words in enumerate(json.load(sys.stdin)):
    if child := os.fork():
        children.append(child)
        continue
    os.dup2(os.open("typed", os.O_RDONLY), 0)
    said = os.open(str(n), os.O_WRONLY | os.O_CREAT)
    os.dup2(said, 1), os.dup2(said, 2)
    sys.stdin = open(0)
    sys.argv = ["drivesphere", *words]
    sys.exit(main())
print([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children])
"""


def away(tmp_path, lines):
    """How each of these commands ended when its servers were not there, and what it said."""
    env = {
        **os.environ,
        "DRIVESPHERE_CONFIG": os.devnull,
        "DRIVESPHERE_MONGO_URL": "mongodb://127.0.0.1:1/?replicaSet=rs0",
        "DRIVESPHERE_REDIS_URL": "redis://127.0.0.1:1/0",
        "DRIVESPHERE_PASSWORD": "a pass phrase",
        "DRIVESPHERE_BACKUP_PASSPHRASE": "a longer pass phrase",
        "STRIPE_API_KEY": "sk_test_1",
        "HOME": str(tmp_path),
    }
    (tmp_path / "typed").write_text("a pass phrase\n" * 3)
    done = subprocess.run(  # noqa: S603 -- ourselves
        [sys.executable, "-c", CARRIED_OUT],
        env=env,
        cwd=tmp_path,
        input=json.dumps(lines),
        stdout=subprocess.PIPE,
        text=True,
        timeout=250,
        check=True,
    )
    return zip(json.loads(done.stdout), [(tmp_path / str(n)).read_text() for n in range(len(lines))], strict=True)


CLASS_NAME = re.compile(r"\b\w+(Error|Exception|Timeout|Failure|Reconnect)\b|Traceback|pymongo")


def test_no_class_of_a_driver_reaches_a_person_when_servers_are_away(tmp_path):
    lines = [[*path, *needed(command)] for path, command in COMMANDS if path[0] not in SPECIAL]
    lines += [[*path, *needed(command), "--json"] for path, command in COMMANDS if _has(command, "as_json")]
    lines += [["race", "--mongo-root", "root"]]

    spoke_to_mongodb = 0
    for words, (status, said) in zip(lines, away(tmp_path, lines), strict=True):
        assert not CLASS_NAME.search(said), (words, said)
        assert words[0] == "redis-account" or status in (1, 2), (words, said)
        if "[unavailable]" in said:
            assert "MongoDB at 127.0.0.1:1 does not answer" in said, (words, said)
            assert "See that it runs" in said
            spoke_to_mongodb += 1
    assert spoke_to_mongodb >= 5


def _has(command, name):
    return name in {each.name for each in command.params}
