"""The language of the window: texts in another one than English, from a file that lrelease made.

A ``QTranslator`` needs no application, so it can be asked while the tables of words are made.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QLocale, QTranslator

from engine.words.tr import use

#: Files such as ``drivesphere_de.qm``.
LANGUAGES = Path(__file__).resolve().parents[2] / "resources" / "languages"
#: What all texts stand below in the files.
CONTEXT = "DriveSphere"


def speak(language: str = "", folder: Path = LANGUAGES) -> bool:
    """Say everything in *language*, a locale's name; call it before anything that holds texts is imported.

    Args:
        language: Empty for the system's. ``de_AT`` takes what there is for ``de``.
        folder: Where the files of all languages lie.

    Returns:
        False where there is no file for it: everything is said in English.
    """
    translator = QTranslator()
    if not translator.load(f"drivesphere_{language or QLocale.system().name()}", str(folder)):
        return False

    def lookup(text: str, count: int = -1) -> str:
        # PySide gives None for what the file does not have.
        return translator.translate(CONTEXT, text, None, count) or ""

    use(lookup)
    return True
