"""Stands in for ``systemctl`` in the operator's check: what a unit says is started, and ended by SIGTERM."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

UNITS = Path("/etc/systemd/system")
#: Debian's own, as its package has it.
_REDIS = "[Service]\nExecStart=redis-server /etc/redis/redis.conf --daemonize no --supervised no\n"


def main(verb: str, *words: str) -> None:
    now = "--now" in words
    for name in (word for word in words if not word.startswith("-")):
        if verb in ("stop", "restart"):
            stop(name)
        if verb in ("start", "restart") or (verb == "enable" and now):
            start(name)


def start(name: str) -> None:
    base, at, instance = name.partition("@")
    path = UNITS / (f"{base}@.service" if at else base if "." in base else f"{base}.service")
    text = path.read_text(encoding="utf-8") if path.exists() else _REDIS if base == "redis-server" else ""
    if base.endswith(".timer"):
        return
    if not text:
        sys.exit(f"Unit {name} could not be found.")
    said = [line.partition("=")[::2] for line in text.replace("%i", instance).replace("%%", "%").splitlines()]
    env = {"PATH": os.environ["PATH"], "HOME": "/", "PYTHON_KEYRING_BACKEND": os.environ["PYTHON_KEYRING_BACKEND"]}
    for key, value in said:
        if key == "Environment":
            env |= [shlex.split(value)[0].split("=", 1)]
        elif key == "EnvironmentFile":
            lines = Path(value).read_text(encoding="utf-8").splitlines()
            env |= [line.split("=", 1) for line in lines]
        elif key == "StateDirectory":
            Path("/var/lib", value).mkdir(exist_ok=True)
    once = ("Type", "oneshot") in said
    for command in [value for key, value in said if key == "ExecStart"]:
        _begin(name, re.sub(r"/usr/bin/(\w+)", lambda at: shutil.which(at[1]) or at[0], command), env, once=once)


def _begin(name: str, command: str, env: dict[str, str], *, once: bool) -> None:
    work = Path(os.environ["OPERATOR_WORK"])
    with (work / f"{name}.journal").open("ab") as journal:
        process = subprocess.Popen(  # noqa: S603 -- as the guide's unit says
            shlex.split(command),
            env=env,
            stdout=journal,
            stderr=journal,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    if once:
        if status := process.wait():
            sys.exit(f"{name} failed with status {status}.")
    else:
        (work / f"{name}.pid").write_text(str(process.pid), encoding="ascii")


def stop(name: str) -> None:
    kept = Path(os.environ["OPERATOR_WORK"]) / f"{name}.pid"
    if not kept.exists():
        return
    pid = int(kept.read_text(encoding="ascii"))
    kept.unlink()
    os.kill(pid, signal.SIGTERM)
    while Path(f"/proc/{pid}").exists() and " Z " not in Path(f"/proc/{pid}/stat").read_text(encoding="ascii"):
        time.sleep(0.1)


if __name__ == "__main__":
    main(*sys.argv[1:])
