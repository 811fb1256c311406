#!/bin/sh
# Starts the bundled program, after a look whether this computer has the libraries that no bundle can carry along: those
# of the graphics driver, the C library's and the fonts'. Without it a missing one ends the start in a traceback.
# The table `libraries` beside it names them and their packages.
set -eu
here=$(dirname "$(readlink -f "$0")")
table=$here/libraries

known() { # what the loader of this computer finds, for this processor
    case $(uname -m) in
        x86_64) kind=x86-64 ;;
        aarch64) kind=AArch64 ;;
        *) kind=libc6 ;;
    esac
    for loader in ldconfig /sbin/ldconfig /usr/sbin/ldconfig; do
        if command -v "$loader" >/dev/null 2>&1; then
            "$loader" -p 2>/dev/null | sed -n "s/^[[:space:]]*\([^ ]*\) (.*$kind.*/\1/p"
            return
        fi
    done
}

named() { # whether one of the folders of LD_LIBRARY_PATH has it
    case ${LD_LIBRARY_PATH:-} in '') return 1 ;; esac
    (IFS=:; for folder in $LD_LIBRARY_PATH; do [ ! -e "$folder/$1" ] || exit 0; done; exit 1)
}

tell() { # where nobody sees a terminal, in a box of the desktop's, if there is one
    echo "$1" >&2
    [ ! -t 2 ] && [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || return 0
    if command -v zenity >/dev/null 2>&1; then zenity --error --no-markup --title DriveSphere --text "$1" || :
    elif command -v kdialog >/dev/null 2>&1; then kdialog --title DriveSphere --error "$1" || :
    elif command -v xmessage >/dev/null 2>&1; then xmessage -center "$1" || :
    fi
}

found=$(known)
if [ -n "$found" ]; then # no list, no verdict: the program is tried
    missing='' debian='' fedora=''
    while read -r library deb rpm only; do
        case $library in ''|'#'*) continue ;; esac
        [ -z "$only" ] || continue
        printf '%s\n' "$found" | grep -qxF "$library" && continue
        named "$library" && continue
        missing="$missing
    $library"
        case " $debian " in *" $deb "*) ;; *) debian="$debian $deb" ;; esac
        case " $fedora " in *" $rpm "*) ;; *) fedora="$fedora $rpm" ;; esac
    done <"$table"
    if [ -n "$missing" ]; then
        if command -v dnf >/dev/null 2>&1; then line="sudo dnf install$fedora"; else line="sudo apt-get install$debian"; fi
        tell "DriveSphere cannot start: this computer lacks what it draws its window with:
$missing

Run this line once, then start DriveSphere again:

    $line"
        exit 1
    fi
fi
exec "$here/drivesphere" "$@"
