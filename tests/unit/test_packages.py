"""The Debian package and the tar: what they say of themselves, what they ask for, and the look before the start."""

from __future__ import annotations

import configparser
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

# ruff: noqa: S603 -- our own files

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="of Linux alone")

ROOT = Path(__file__).resolve().parents[2]
LINUX = ROOT / "build" / "linux"
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


@pytest.fixture(scope="module")
def packages():
    spec = importlib.util.spec_from_file_location("packages", LINUX / "packages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def laid_out(packages, tmp_path):
    """The package's files, of a bundle of two."""
    bundle = tmp_path / "bundle"
    licences = bundle / "_internal" / "resources" / "licences"
    licences.mkdir(parents=True)
    (licences / "collected.json").write_text('[{"name": "Qt", "version": "6", "licence": "LGPL-3.0", "text": "t"}]')
    (bundle / "drivesphere").write_text('#!/bin/sh\necho ran "$@"\n')
    (bundle / "drivesphere").chmod(0o755)
    packages.lay_out(bundle, tmp_path / "root", "2026-11-30")
    return tmp_path / "root"


def test_the_menu_starts_what_the_package_installs(laid_out):
    file = laid_out / "usr/share/applications/drivesphere.desktop"
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str
    entry.read_string(file.read_text(encoding="utf-8"))
    words = entry["Desktop Entry"]

    started = laid_out / "usr/bin" / words["Exec"].split()[0]
    told = subprocess.run([started, "demo"], capture_output=True, text=True, check=True).stdout

    assert "ran demo\n" == told
    assert ("Application", "false") == (words["Type"], words["Terminal"])
    if validate := shutil.which("desktop-file-validate"):
        subprocess.run([validate, file], check=True)


def test_the_icon_is_there_in_every_size(laid_out, packages, qapp):
    from PySide6.QtGui import QImage  # noqa: PLC0415 -- of this test alone

    icons = laid_out / "usr/share/icons/hicolor"
    found = {path.parts[-3]: QImage(str(path)) for path in icons.rglob("*.png")}

    assert {f"{size}x{size}" for size in packages.SIZES} == found.keys()
    assert {16, 32, 48, 128, 256} <= set(packages.SIZES)
    for name, picture in found.items():
        assert name == f"{picture.width()}x{picture.height()}"
        assert 0 == picture.pixelColor(0, 0).alpha()
        assert 255 == picture.pixelColor(picture.width() // 2, picture.height() // 3).alpha()
    assert (ROOT / "resources/icon.svg").read_bytes() == (icons / "scalable/apps/drivesphere.svg").read_bytes()


def test_what_a_shop_of_programs_reads_is_of_this_version(laid_out):
    file = laid_out / "usr/share/metainfo/drivesphere.metainfo.xml"
    component = ET.parse(file).getroot()  # noqa: S314 -- our own file

    assert {"version": VERSION, "date": "2026-11-30"} == component.find("releases/release").attrib
    assert "drivesphere.desktop" == component.find("launchable").text
    if validate := shutil.which("appstreamcli"):
        subprocess.run([validate, "validate", "--no-net", file], check=True, capture_output=True)


def test_the_package_says_its_version_and_the_licences_of_what_comes_along(laid_out, packages):
    assert f"\nVersion: {VERSION}\n" in packages.control(1)
    told = (laid_out / "usr/share/doc/drivesphere/copyright").read_text(encoding="utf-8")
    assert "Permission is hereby granted" in told
    assert "Qt 6: LGPL-3.0" in told


def test_libraries_that_the_servers_alone_lead_to_go_with_them(packages):
    server, program, curl, tls, ssl = map(Path, ("mongod", "drivesphere", "libcurl.so", "libgnutls.so", "libssl.so"))
    asked = {server: {"libcurl.so", "libc.so"}, program: {"libssl.so"}, curl: {"libgnutls.so", "libssl.so"}}
    asked |= {tls: set(), ssl: {"libc.so"}}

    assert {curl, tls} == packages.only_for({server}, {curl, tls, ssl}, asked)


def test_it_depends_on_all_that_qt_and_the_servers_ask_for_and_no_bundle_carries(packages, tmp_path):
    from PyInstaller.depend.dylib import include_library  # noqa: PLC0415 -- of this test alone

    qt = Path(importlib.util.find_spec("PySide6").submodule_search_locations[0]) / "Qt"
    loaded = [
        qt / "lib" / f"libQt6{part}.so.6" for part in ("Core", "Gui", "Widgets", "Svg", "XcbQpa", "WaylandClient")
    ]
    loaded += [*(qt / "plugins/platforms").glob("libqxcb.so"), *(qt / "plugins/xcbglintegrations").glob("*.so")]
    for place in loaded:
        (tmp_path / place.name).symlink_to(place)
    asked = {name for name in packages.taken_from_outside(tmp_path) if not include_library(name)}

    assert {"libGL.so.1", "libEGL.so.1"} <= asked
    assert asked <= packages.libraries().keys()
    assert set(packages.libraries().values()) <= set(packages.depends())
    assert any(each.startswith("libc6 (>= 2.") for each in packages.depends())


def start(folder, table, **more):
    folder.mkdir(exist_ok=True)
    shutil.copy(LINUX / "start.sh", folder / "start")
    (folder / "libraries").write_text(table)
    (folder / "drivesphere").write_text('#!/bin/sh\necho "ran $*"\nexit 7\n')
    (folder / "drivesphere").chmod(0o755)
    env = {"PATH": os.environ["PATH"], **more}
    return subprocess.run([folder / "start", "demo", "a b"], env=env, capture_output=True, text=True, check=False)


def test_a_missing_library_is_told_in_words_with_what_to_install(tmp_path):
    told = start(
        tmp_path / "with a blank",
        "# soname\nlibc.so.6 libc6 glibc\nlibnone.so.3 libnone3 none\nlibnil.so.1 libnone3 none\n"
        "libw.so.0 libw w wayland\n",
    )

    assert (1, "") == (told.returncode, told.stdout)
    assert "this computer lacks" in told.stderr
    assert "libnone.so.3\n    libnil.so.1\n" in told.stderr
    assert told.stderr.endswith((" apt-get install libnone3\n", " dnf install none\n"))
    assert "libw.so.0" not in told.stderr


def test_with_all_of_them_the_program_runs_with_its_arguments_and_its_status(tmp_path):
    told = start(tmp_path, "libc.so.6 libc6 glibc\n")

    assert (7, "ran demo a b\n", "") == (told.returncode, told.stdout, told.stderr)


def test_a_library_in_a_folder_that_the_person_named_is_there(tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "libnone.so.3").touch()

    told = start(tmp_path, "libnone.so.3 libnone3 none\n", LD_LIBRARY_PATH=f"/nowhere:{tmp_path / 'own'}")

    assert 7 == told.returncode


@pytest.fixture
def check():
    spec = importlib.util.spec_from_file_location("release_check", ROOT / "build" / "release_check.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_release_whose_places_name_other_versions_is_refused_with_a_sentence_each(check):
    told = (["v1.2.0"], "## [1.2.0] - 2026-12-01\n", '<release version="1.2.0"', ["drivesphere_1.2.0_amd64.deb"])

    assert [] == list(check.wrong_versions("1.2.0", *told))
    assert 4 == len(list(check.wrong_versions("1.2.1", *told)))
    assert 4 == len(list(check.wrong_versions("1.2", *told)))


def test_a_work_without_its_licence_is_named(check, tmp_path):
    licences = tmp_path / "_internal" / "resources" / "licences"
    licences.mkdir(parents=True)
    works = [{"name": "Qt", "text": "t"}, {"name": "mongod", "text": ""}]

    assert 1 == len(list(check.missing_licences(tmp_path)))
    (licences / "collected.json").write_text(json.dumps(works))
    assert ["mongod comes along without its licence's text."] == list(check.missing_licences(tmp_path))
