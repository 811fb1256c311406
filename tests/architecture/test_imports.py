"""Who may import whom (docs: README, map of rooms). A red test here means a line of code is in the wrong room."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

QT_CORE = {"PySide6.QtCore"}
QT_MODEL = {"PySide6.QtCore", "PySide6.QtGui"}
QT = {"PySide6", "shiboken6"}
DRIVERS = {"pymongo", "bson", "gridfs", "redis", "stripe", "httpx"}
LOGS = {"structlog", "stamina"}

#: room -> everything outside itself and the standard library that it may import (prefixes)
MAY_IMPORT: dict[str, set[str]] = {
    "engine.domain": set(),
    # Numbering plans are tables like the time zones (docs/decisions/0020).
    "engine.domain.people.phone": {"engine.domain", "phonenumbers"},
    # Pins the zone data before anybody reads a zone.
    "engine": set(),
    # Texts that the command line and the window have in common (docs/decisions/0058).
    "engine.words": {"engine.domain"},
    "engine.ports": {"engine.domain"},
    "engine.services": {
        "engine.domain",
        "engine.ports",
    }
    | LOGS,
    # What the watch found is kept in the audit as a line.
    "engine.services.firm.watch": {"engine.domain", "engine.ports", "engine.services", "engine.words"} | LOGS,
    "engine.adapters": {
        "engine.domain",
        "engine.ports",
        "msgspec",
    }
    | DRIVERS
    | LOGS,
    # What a renter's account wishes is signed.
    "engine.adapters.wish_signing": {"engine.domain", "cryptography"},
    # Files from strangers are decoded in one place.
    "engine.adapters.image_import": {"engine.domain", "PIL"},
    # An owner's copy is sealed, and its key lies in the system's keyring.
    "engine.adapters.disk.copy_file": {"engine.domain", "cryptography", "msgspec"},
    "engine.adapters.disk.backup_file": {"engine.domain", "cryptography", "msgspec"},
    "engine.adapters.disk.pin_lock": {"engine.domain", "cryptography", "msgspec"},
    "engine.adapters.disk.key_ring": {"engine.domain", "keyring"} | LOGS,
    # Webhooks come in over HTTP; everything else of ours only calls out.
    "engine.adapters.http.webhook_server": {"engine.domain", "engine.adapters.http.serving", "starlette"} | LOGS,
    "engine.adapters.http.serving": {"engine.domain", "engine.adapters.http.webhook_door", "starlette", "uvicorn"},
    "engine.adapters.http.return_page": {"h11"},
    "engine.adapters.http.monitor_server": {"engine.domain", "starlette"},
    "engine.adapters.http.webhook_door": {"starlette", "uvicorn"} | LOGS,
    # Demo data is written through the adapters' own documents and provisioning, never beside them.
    "engine.embedded": {
        "engine.domain",
        "engine.ports",
        "engine.adapters",
        "resources",
        "pymongo",
        "bson",
        "httpx",
        "redis",
        "psutil",
        "structlog",
        "engine.journal",
        "engine.crash_reports",
    },
    # A stranger's server: of ours it knows how money is written, nothing of bookings.
    "engine.sandbox": {
        "engine.domain.shared.errors",
        "engine.domain.money.money",
        "resources",
        "starlette",
        "uvicorn",
        "jsonschema",
        "referencing",
        "msgspec",
        "httpx",
        "stripe",
        "structlog",
    },
    "engine.config": {"engine.domain", "engine.words", "engine.config_files", "keyring", "platformdirs", "structlog"},
    "engine.config_files": {"engine.domain", "dotenv"},
    "engine.licences": {"resources"},
    "engine.journal": {"structlog"},
    "engine.crash_reports": {"engine.journal", "psutil"},
    "engine.wiring.deployment": {"engine.adapters", "engine.config"},
    "engine.wiring.sign_in": {"engine"} | LOGS,
    "engine.wiring.offline": {
        "engine.adapters",
        "engine.config",
        "engine.domain",
        "engine.wiring.deployment",
        "engine.ports",
        "engine.services",
    },
    "engine.bootstrap": {"engine"} | LOGS,
    "engine.wiring.background": {"engine.adapters", "engine.domain"} | LOGS,
    # Commands of the console script that are too long to stand in it.
    "engine.commands.provision": {"engine.adapters", "engine.domain", "engine.words"},
    "engine.commands.worker": {"engine"} | LOGS,
    "engine.commands.reconcile": {"engine", "click"},
    "engine.wiring.daily_backup": {"engine"} | LOGS,
    "engine.commands.backup": {"engine"} | LOGS,
    "engine.commands.restore": {"engine"} | LOGS,
    "engine.commands.backup_words": {
        "engine.domain",
        "engine.words.tr",
        "engine.commands.backup",
        "engine.commands.restore",
        "click",
    },
    # Parts of the root.
    "engine.wiring.admin": {"engine"},
    "engine.wiring.booking_desk": {"engine"},
    "engine.wiring.fleet_desk": {"engine"},
    "engine.commands.doctor": {"engine", "click"},
    "engine.commands.race": {"engine", "structlog"},
    "engine.commands.race_hand_over": {"engine"},
    "engine.commands.race_report": {"engine", "click"},
    "engine.commands.return_pages": {"engine", "click"},
    "engine.commands.service_password": {"engine", "click"},
    "engine.commands.restored_payments": {"engine", "click"},
    # Draws without a window, and is the only command beside the window's that loads Qt.
    "engine.commands.render": {"engine", "click", "desktop.papers"},
    "engine.commands.try_servers": {"engine", "click"},
    "engine.commands.trial_words": {"engine.domain", "engine.words.tr"},
    "engine.wiring.setting_up": {"engine", "keyring"},
    "engine.commands.backup_options": {"engine", "click"},
    "engine.commands.parts": {"engine.config", "engine.domain", "engine.embedded", "engine.words", "click"},
    "engine.cli": {"engine", "click", "structlog"},
    "desktop.theme": {"resources", "qtawesome"} | QT,
    # What counts down must go on while the computer sleeps; fields for numbers read the digits of every script.
    "desktop.widgets": {
        "desktop.theme",
        "engine.words.tr",
        "engine.domain.shared.boot_clock",
        "engine.domain.shared.numerals",
    }
    | QT,
    "desktop.models": {"engine.domain", "engine.words.tr"} | QT_MODEL,
    "desktop.bridge": {"structlog"},
    "desktop.gui_gc": QT_CORE,
    # A scope may outlive its own Qt half; shiboken tells.
    "desktop.tasks": {"structlog", "shiboken6"} | QT_CORE,
    "desktop.commands": {"structlog", "engine.words.tr"} | QT_MODEL,
    "desktop.words.figures": {"engine.domain", "engine.words.tr"} | QT_CORE,
    "desktop.words.language": {"engine.words.tr"} | QT_CORE,
    "desktop.words.messages": {
        "engine.domain",
        "engine.words",
        "desktop.words.figures",
        "desktop.words.hours_words",
        "desktop.words.counter_words",
        "desktop.words.movement_words",
        "desktop.words.payment_words",
        "desktop.words.pin_words",
        "desktop.words.renter_words",
        "desktop.words.account_words",
        "desktop.words.names",
        "desktop.words.wish_words",
    },
    "desktop.words.agreement_words": {"engine.domain", "engine.words.tr", "desktop.words.figures"},
    "desktop.words.check_words": {"engine.domain", "engine.words.tr", "desktop.words.figures"},
    "desktop.words.mark_words": {
        "engine.domain",
        "engine.words.tr",
        "desktop.words.figures",
        "desktop.words.names",
    },
    "desktop.words.hours_words": {"engine.domain", "engine.words.tr", "desktop.words.figures"} | QT_CORE,
    "desktop.words.payment_words": {"engine.domain", "engine.words.tr", "desktop.words.figures"},
    "desktop.words.counter_words": {"engine.domain", "engine.words.tr"},
    "desktop.words.movement_words": {"engine.domain", "engine.words.tr"},
    "desktop.words.paper_words": {"engine.domain", "engine.words.tr", "desktop.words.figures"},
    "desktop.words.pin_words": {"engine.domain", "engine.words.tr", "desktop.words.figures"},
    "desktop.words.booking_words": {"engine.domain", "engine.words.tr", "desktop.words.figures", "desktop.theme"},
    "desktop.collation": QT_CORE,
    "desktop.words.renter_words": {"engine.domain", "engine.words.tr", "desktop.words.figures"},
    "desktop.words.account_words": {"engine.domain", "engine.words.tr"},
    "desktop.words.names": {"engine.domain", "engine.words.tr"},
    "desktop.words.wish_words": {"engine.domain", "engine.words.tr"},
    "desktop.preferences": {"desktop.theme"} | QT_MODEL,
    "desktop.csv_habits": {"engine.domain", "desktop.words.figures", "desktop.preferences"} | QT_CORE,
    "desktop.qr": {"segno"},
    # The environment is read by the settings alone, also what a browser is started with.
    "desktop.outside": {"engine.config", "engine.domain"} | QT_MODEL,
    "desktop.second_start": {"PySide6.QtNetwork"} | QT_CORE,
    "desktop.endings": {"engine.domain"} | QT_MODEL,
    # Papers are drawn on any thread and in programs without a window.
    "desktop.papers": {"engine.domain", "PySide6.QtSvg"} | QT_MODEL,
    "desktop.dialogs": {"desktop.theme", "desktop.widgets", "desktop.words.messages", "engine.words.tr"} | QT,
    "desktop.viewmodels": {
        "engine.domain",
        "engine.services",
        "engine.words",
        "desktop.bridge",
        "desktop.tasks",
        "desktop.qr",
        "desktop.commands",
        # Papers are drawn beside the window's thread.
        "desktop.papers",
    }
    | QT_CORE,
    # Whose midnight begins a day where no branch is meant: this computer's.
    "desktop.viewmodels.day_span": {"engine.domain", "desktop.words.figures"},
    "desktop.views": {
        "desktop.bridge",
        "engine.domain",
        "engine.words",
        "desktop.viewmodels",
        "desktop.models",
        "desktop.widgets",
        "desktop.theme",
        "desktop.collation",
        "desktop.commands",
        "desktop.dialogs",
        "desktop.words.agreement_words",
        "desktop.words.check_words",
        "desktop.words.booking_words",
        "desktop.words.hours_words",
        "desktop.words.mark_words",
        "desktop.words.messages",
        "desktop.words.paper_words",
        "desktop.words.renter_words",
        "desktop.outside",
        "engine.crash_reports",
        "engine.licences",
        "desktop.words.figures",
        "desktop.preferences",
        "desktop.csv_habits",
        "desktop.tasks",
    }
    | QT,
    # Opens a stored copy; part of the second root that grew a file of its own.
    "desktop.offline": {"engine", "desktop"},
    # Puts the language into place before anything that holds texts is imported.
    "desktop.start": {"desktop.app", "desktop.preferences", "desktop.words.language", "engine"},
    "desktop.app": {"engine", "desktop", "resources", "qasync", "structlog"} | QT,
    # The part of the second root that is loaded after the first frame.
    "desktop.signed_in": {"engine", "desktop"},
    # Drives the real window for `drivesphere demo --smoke`.
    "desktop.smoke": {"desktop.viewmodels", "desktop.views", "psutil"} | QT,
    "desktop.__main__": {"desktop.start", "engine"},
    "resources": set(),
}

#: The roots know everybody; who may know them: importer -> root, inside a function only where it says "lazily".
MAY_START = {
    ("desktop.__main__", "desktop.start"): "anywhere",
    ("desktop.start", "desktop.app"): "lazily",
    # The console script opens the window, and must not load Qt for `provision` or `race`.
    ("engine.cli", "desktop.start"): "lazily",
    ("desktop.app", "engine.bootstrap"): "anywhere",
    ("desktop.signed_in", "engine.bootstrap"): "anywhere",
    ("engine.cli", "engine.bootstrap"): "anywhere",
    ("engine.commands.race", "engine.bootstrap"): "anywhere",
    ("engine.commands.worker", "engine.bootstrap"): "anywhere",
    ("engine.commands.reconcile", "engine.bootstrap"): "anywhere",
    ("engine.commands.doctor", "engine.bootstrap"): "anywhere",
    ("engine.commands.restored_payments", "engine.bootstrap"): "anywhere",
    ("engine.commands.return_pages", "engine.bootstrap"): "lazily",
    ("engine.commands.render", "engine.bootstrap"): "lazily",
    ("engine.commands.service_password", "engine.bootstrap"): "lazily",
}
ROOTS = {root for _, root in MAY_START}


@dataclass(frozen=True)
class Import:
    name: str
    line: int
    lazy: bool

    def within(self, prefixes: set[str]) -> bool:
        return any(self.name == prefix or self.name.startswith(prefix + ".") for prefix in prefixes)


def imports(tree: ast.AST, *, lazy: bool = False) -> list[Import]:
    """Every import below *tree* by its full name; lazy are those inside functions."""
    found = []
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            found += [Import(alias.name, node.lineno, lazy) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            found += [Import(f"{module}.{alias.name}", node.lineno, lazy) for alias in node.names]
        inside = lazy or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        found += imports(node, lazy=inside)
    return found


def room_of(module: str) -> str | None:
    # `engine` itself is one file, no roof over modules that have no room.
    fitting = [room for room in MAY_IMPORT if module == room or (room != "engine" and module.startswith(room + "."))]
    return max(fitting, key=len, default=None)


def allowed(room: str, found: Import) -> bool:
    for root in ROOTS:
        if found.within({root}) and room != root:
            where = MAY_START.get((room, root))
            return where == "anywhere" or (where == "lazily" and found.lazy)
    return found.within(MAY_IMPORT[room] | {room}) or found.name.split(".")[0] in sys.stdlib_module_names


def strays(root: Path) -> list[str]:
    """``file:line: what it may not import``, for every module of engine, desktop and resources under *root*."""
    found = []
    for path in sorted(path for top in ("engine", "desktop", "resources") for path in (root / top).rglob("*.py")):
        where = path.relative_to(root)
        module = ".".join(where.with_suffix("").parts).removesuffix(".__init__")
        room = room_of(module)
        if room is None:
            if path.read_text(encoding="utf-8").strip():
                found.append(f"{where}: {module} belongs to no room; give it one in MAY_IMPORT")
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found += [f"{where}:{line.line}: {line.name}" for line in imports(tree) if not allowed(room, line)]
    return found


def test_every_room_imports_only_its_neighbours():
    assert strays(ROOT) == []


@pytest.mark.parametrize(
    ("file", "code", "name"),
    [
        ("engine/domain/car/car.py", "import pymongo", "pymongo"),
        ("engine/domain/car/car.py", "from engine.services.booking import rental", "engine.services.booking.rental"),
        (
            "engine/services/booking/booking.py",
            "from engine.adapters.mongo.clock import Clock",
            "engine.adapters.mongo.clock.Clock",
        ),
        ("engine/services/booking/booking.py", "from engine import bootstrap", "engine.bootstrap"),
        ("engine/adapters/mongo/clock.py", "def f():\n    from PySide6.QtCore import QTimer", "PySide6.QtCore.QTimer"),
        ("engine/ports/cars.py", "from .services import booking", ".services.booking"),
        ("engine/cli.py", "from desktop.start import run", "desktop.start.run"),
        ("desktop/viewmodels/search/search.py", "from PySide6.QtWidgets import QLabel", "PySide6.QtWidgets.QLabel"),
        ("desktop/views/search.py", "from engine.adapters.mongo import clock", "engine.adapters.mongo.clock"),
        ("desktop/views/search.py", "from desktop.app import Window", "desktop.app.Window"),
        ("desktop/models/rows.py", "from PySide6 import QtWidgets", "PySide6.QtWidgets"),
        ("desktop/helpers.py", "import json", "desktop.helpers belongs to no room; give it one in MAY_IMPORT"),
    ],
)
def test_a_stray_import_is_reported(tmp_path, file, code, name):
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.write_text(code + "\n")

    reported = strays(tmp_path)

    assert [line.split(": ", 1)[1] for line in reported] == [name]


def test_the_console_script_may_open_the_window_when_asked_to(tmp_path):
    (tmp_path / "engine").mkdir()
    (tmp_path / "engine/cli.py").write_text("def app():\n    from desktop.start import run\n    run()\n")

    assert strays(tmp_path) == []
