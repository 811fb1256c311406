#!/bin/sh
# Brings a fresh clone to the point where it runs: system packages, .venv, Python packages.
# Usage: build/setup.sh run|test|bundle      `run` installs no developers' tools. Quick when nothing changed; `make` calls it before everything else.
#   PYTHON=/path/to/python       the Python to use for .venv
#   SYSTEM_PACKAGES=skip         trust that the system's libraries are there under other names
set -eu
cd "$(dirname "$0")/.."
wanted=${1:-run}

say() { echo "setup: $*" >&2; }
stop() { say "$*"; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

# Qt's libraries, a font (without one Qt draws boxes), what the mongod of the wheel is linked to.
LIBRARIES="libgl1 libegl1 libxkbcommon0 libglib2.0-0 libfreetype6 libfontconfig1 libdbus-1-3
libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxkbcommon-x11-0
fonts-dejavu-core libcurl4 libssl3 liblzma5 ca-certificates"

usable() { # a Python of the right age that can make virtual environments
    "$1" -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' >/dev/null 2>&1
}

find_python() {
    for python in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if usable "$python"; then echo "$python"; return; fi
    done
}

needed() { # Debian's names of everything this purpose needs
    echo "$LIBRARIES"
    if [ ! -x .venv/bin/python ] && [ -z "$(find_python)" ]; then echo python3 python3-venv; fi
    case $wanted in
        test) has Xvfb || echo xvfb
              has chromium || has chromium-browser || has google-chrome || echo chromium ;;
        bundle) has objdump || echo binutils
                # PyInstaller packs the interpreter's library, which Debian keeps in a package of its own.
                [ ! -x /usr/bin/python3 ] || /usr/bin/python3 -c 'import sys; print("libpython%d.%d" % sys.version_info[:2])' ;;
    esac
}

missing() { # those of "$@" that are not installed; since Debian 13 some carry a "t64" behind their name
    # shellcheck disable=SC2016
    installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2>/dev/null | sed -n 's/^installed //p')
    for package in "$@"; do
        echo "$installed" | grep -qxE "$package(t64)?" || echo "$package"
    done
}

system_packages() {
    [ "${SYSTEM_PACKAGES:-}" != skip ] || return 0
    [ "$(uname -s)" = Linux ] || return 0
    if ! has apt-get; then
        [ -e .venv/.setup ] || say "this is no Debian; Qt and mongod need, under your system's names:" $LIBRARIES
        return 0
    fi
    # shellcheck disable=SC2046
    set -- $(missing $(needed))
    [ $# -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        say "system packages are missing. Please run this line once, then the same make again:"
        echo "    sudo apt-get update && sudo apt-get install -y --no-install-recommends $*" >&2
        exit 1
    fi
    say "installing system packages: $*"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq || say "the package lists could not be renewed; trying with the old ones"
    apt-get install -y -qq --no-install-recommends "$@" >.setup.log 2>&1 \
        || { tail -n 20 .setup.log >&2; stop "apt-get failed; all it said is in .setup.log"; }
    rm -f .setup.log
}

fingerprint() { # what .venv was made from; the folder too, because scripts in .venv name it
    { pwd; cat pyproject.toml constraints.txt build/setup.sh; } | cksum
}

python_packages() {
    if [ -x .venv/bin/drivesphere ] && .venv/bin/python -c '' 2>/dev/null; then
        case "$(cat .venv/.setup 2>/dev/null)" in
            "$(fingerprint) dev") return 0 ;;
            "$(fingerprint) run") [ "$wanted" != run ] || return 0 ;;
        esac
    fi
    if ! usable .venv/bin/python || [ "$(.venv/bin/python -c 'import sys; print(sys.prefix)')" != "$(pwd -P)/.venv" ]; then
        python=$(find_python)
        [ -n "$python" ] || stop "Python 3.11, 3.12 or 3.13 with its venv module is needed. Name one: make setup PYTHON=..."
        "$python" -m venv --clear .venv
    fi
    say "installing Python packages into .venv (about 700 MB with the servers; a minute or two) ..."
    kind=dev package='.[dev]'
    # Whoever has the tools keeps them.
    if [ "$wanted" = run ] && ! grep -q ' dev$' .venv/.setup 2>/dev/null; then kind=run package=.; fi
    .venv/bin/python -m pip install --quiet --disable-pip-version-check -e "$package" -c constraints.txt
    echo "$(fingerprint) $kind" >.venv/.setup
}

if has flock; then # two makes at once take turns
    exec 9<build/setup.sh
    flock 9
fi
system_packages
python_packages
