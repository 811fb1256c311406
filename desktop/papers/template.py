"""Templates as data: how papers of each kind are laid out, and the words around what they tell, for each language.

A version is a folder of ``resources/papers`` and never changes once papers bear it: last year's paper is drawn by last
year's template.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any

from engine.domain.papers.errors import PaperRefused


@dataclass(frozen=True, slots=True)
class Template:
    """One version in one language.

    Attributes:
        layout: Measures in millimetres, styles in points, and the blocks of each kind of paper.
        habits: How the language writes days, months and numbers.
    """

    version: int
    layout: Mapping[str, Any]
    habits: Mapping[str, Any]

    def say(self, code: str, facts: Mapping[str, str]) -> str:
        """The words of *code* with *facts* in them; empty where one that they name is, or there are no such words."""
        words = self.habits["words"].get(code, "")
        names = {name for _, name, _, _ in Formatter().parse(words) if name}
        if not all(facts.get(name) for name in names):
            return ""
        for name in names:
            words = words.replace(f"{{{name}}}", facts[name])
        return str(words)

    def knows(self, code: str) -> bool:
        return code in self.habits["words"]


@cache
def template_of(version: int, language: str) -> Template:
    """Raises: PaperRefused, where this program does not have it: a newer one issued the paper."""
    return _read(str(version), version, language)


@cache
def day_template(language: str) -> Template:
    """Of the day sheet, which is stored nowhere and so has no versions. Raises: PaperRefused, as ``template_of``."""
    return _read("day", 1, language)


def _read(name: str, version: int, language: str) -> Template:
    folder = files("resources") / "papers" / name
    try:
        layout = json.loads((folder / "layout.json").read_text(encoding="utf-8"))
        habits = json.loads((folder / f"{language}.json").read_text(encoding="utf-8"))
    except FileNotFoundError as problem:
        raise PaperRefused("paper.no_template", template=name, language=language) from problem
    return Template(version, layout, habits)
