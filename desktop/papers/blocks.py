"""The blocks that templates put papers together from. What they say, where and in which style, is the template's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from desktop.papers.letters import MM
from desktop.papers.sheets import Band, Dot, Drawing, Ink, Logo, Rule, Sheets
from desktop.papers.template import Template
from desktop.papers.values import Facts, Values
from engine.domain.car.body_parts import FULL

Block = Mapping[str, Any]
_GAP, _SMALL, _CELL = 6 * MM, 1.2 * MM, 2 * MM
_LABEL = 27.5 * MM
_EDGE = 3.5 * MM
_PEN = 20 * MM


@dataclass(frozen=True, slots=True)
class Composer:
    """Attributes: ``logo`` says whether there is one to leave room for."""

    template: Template
    values: Values
    sheets: Sheets
    logo: bool

    def compose(self, name: str) -> None:
        block = self.template.layout["blocks"][name]
        _KINDS[block["type"]](self, block)

    def say(self, code: str, facts: Facts | None = None) -> str:
        return self.template.say(code, self.values.one if facts is None else facts)

    def said(self, rows: list[list[str]]) -> list[tuple[str, str]]:
        """Styles and texts of those that have something to say."""
        return [(style, text) for style, code in rows if (text := self.say(code))]

    def title(self, block: Block, with_next: float = 0.0) -> None:
        """The block's, kept on one page with the *with_next* dots that follow."""
        text, line = self.say(block.get("title", "")), self.sheets.letters["section"].line
        if text:
            self.sheets.keep(line + _SMALL + with_next)
            self.sheets.write(text, "section", self.sheets.left, self.sheets.y)
            self.sheets.y += line + _SMALL


def _sides(to: Composer, block: Block) -> None:
    sheets = to.sheets
    logo = block.get("logo", 0) * MM if to.logo else 0.0
    begin = sheets.left + (logo + _CELL if logo else 0)
    right = sheets.wrapped(to.said(block["right"]), sheets.width * 0.45)
    widest = max((sheets.letters[style].metrics.horizontalAdvance(text) for style, text in right), default=0.0)
    left = sheets.wrapped(to.said(block["left"]), sheets.left + sheets.width - widest - _GAP - begin)
    sheets.keep(max(sheets.height(left), sheets.height(right)))
    if logo:
        sheets.draw(Logo(sheets.left, sheets.y, logo))
    ends = (
        sheets.column(left, begin, sheets.y),
        sheets.column(right, 0, sheets.y, right=sheets.left + sheets.width),
        sheets.y + logo,
    )
    sheets.y = max(ends)
    if colour := block.get("rule"):
        sheets.skip(block.get("after", 0))
        sheets.draw(Rule(sheets.left, sheets.y, sheets.width, colour, heavy=True))
    sheets.skip(block["space"])


def _facts(to: Composer, block: Block) -> None:
    sheets, columns = to.sheets, block["columns"]
    width = (sheets.width - _GAP * (len(columns) - 1)) / len(columns)
    told = [_rows_of(to, block, column, width) for column in columns]
    if not any(told):
        return
    edge = _EDGE if block.get("band") else 0.0
    head = sheets.letters["section"].line + _SMALL if any(column.get("title") for column in columns) else 0.0
    tallest = max(sum(sheets.height(lines) for _, lines in rows) for rows in told)
    sheets.keep(head + tallest + 2 * edge)
    if edge:
        sheets.draw(Band(sheets.left - edge, sheets.y, sheets.width + 2 * edge, tallest + 2 * edge))
        sheets.y += edge
    for at, (column, rows) in enumerate(zip(columns, told, strict=True)):
        x, y = sheets.left + at * (width + _GAP), sheets.y
        if rows and (title := to.say(column.get("title", ""))):
            sheets.write(title, "section", x, y)
        y += head
        for label, lines in rows:
            sheets.write(label, "label", x, y)
            y = sheets.column(lines, x + _LABEL, y)
    sheets.y += head + tallest + edge
    sheets.skip(block["space"])


def _rows_of(to: Composer, block: Block, column: Block, width: float) -> list[tuple[str, list[tuple[str, str]]]]:
    strong = block.get("strong", ())
    return [
        (
            to.say(f"label.{name}"),
            to.sheets.wrapped([("strong" if name in strong else "text", to.values.one[name])], width - _LABEL),
        )
        for name in column["rows"]
        if to.values.one.get(name)
    ]


def _table(to: Composer, block: Block) -> None:
    sheets, rows = to.sheets, to.values.lists[block["of"]]
    if not rows:
        return
    places = _places(sheets, block["columns"])
    drawn = [_cells(to, block["columns"], places, row) for row in rows]
    head = sheets.letters["label"].line + 2 * _SMALL
    to.title(block, head + drawn[0][0])
    _heads(to, block["columns"], places)
    for height, cells in drawn:
        if sheets.keep(height):
            _heads(to, block["columns"], places)
        sheets.y += _SMALL
        for lines, x, right in cells:
            sheets.column(lines, x, sheets.y, right=right)
        sheets.y += height - _SMALL
        sheets.draw(Rule(sheets.left, sheets.y, sheets.width, "hair"))
    sheets.skip(block.get("space", 2))


def _places(sheets: Sheets, columns: list[Block]) -> list[tuple[float, float]]:
    """Left end and width of each; the one of width 0 has what the others leave."""
    rest = sheets.width - sum(column["width"] * MM for column in columns)
    places, x = [], sheets.left
    for column in columns:
        width = column["width"] * MM or rest
        places.append((x, width))
        x += width
    return places


_Cells = list[tuple[list[tuple[str, str]], float, float | None]]


def _cells(to: Composer, columns: list[Block], places: list[tuple[float, float]], row: Facts) -> tuple[float, _Cells]:
    """Height of the row, and lines, left and right end of each cell."""
    cells: _Cells = []
    for column, (x, width) in zip(columns, places, strict=True):
        texts = [("text", row[column["cell"]])]
        if note := row.get(column.get("note", ""), ""):
            texts.append(("note", note))
        right = x + width if column.get("align") == "right" else None
        cells.append((to.sheets.wrapped(texts, width - _CELL), x, right))
    return max(to.sheets.height(lines) for lines, _, _ in cells) + 2 * _SMALL, cells


def _heads(to: Composer, columns: list[Block], places: list[tuple[float, float]]) -> None:
    sheets = to.sheets
    for column, (x, width) in zip(columns, places, strict=True):
        right = x + width if column.get("align") == "right" else None
        sheets.write(to.say(column["head"]), "label", x, sheets.y, right=right)
    sheets.y += sheets.letters["label"].line + _SMALL
    sheets.draw(Rule(sheets.left, sheets.y, sheets.width, "line"))


def _totals(to: Composer, block: Block) -> None:
    sheets, rows = to.sheets, list(to.values.lists["totals"])
    if not rows:
        return
    rows += [{**row, "style": "note"} for row in to.values.lists.get(block.get("payments", ""), ())]
    end, width = sheets.left + sheets.width, block["width"] * MM
    begin = end - width
    lines = [
        (row.get("style", "text"), sheets.wrapped([(row.get("style", "text"), row["text"])], width * 0.72), row)
        for row in rows
    ]
    sheets.keep(sum(sheets.height(texts) for _, texts, _ in lines) + 2 * _SMALL)
    y = sheets.y
    for text in (each for code in block["left"] if (each := to.say(code))):
        y = sheets.column(sheets.wrapped([("label", text)], begin - sheets.left - _GAP), sheets.left, y)
    for style, texts, row in lines:
        if style == "total":
            sheets.y += _SMALL
            sheets.draw(Rule(begin, sheets.y, width, "line"))
            sheets.y += _SMALL
        sheets.write(row["sum"], style, 0, sheets.y, right=end)
        sheets.y = sheets.column(texts, begin, sheets.y)
    sheets.y = max(sheets.y, y)
    sheets.skip(block["space"])


def _condition(to: Composer, block: Block) -> None:
    """The car from all sides with its marks, and below what each of them is; no car where nobody looked at it."""
    sheets, rows, body = to.sheets, to.values.lists[block["of"]], to.values.one.get("car.body", "")
    unseen = "none" if body else "unknown"
    told = rows or ({"text": to.say(block.get(unseen, block["none"]))},)
    if not body:
        _flow(to, block, told)
        return
    views, gap = block["views"], block["gap"] * MM
    scale = (sheets.width - gap * (len(views) - 1)) / sum(views.values())
    height = block["high"] * scale
    to.title(block, height + sheets.letters["text"].line)
    x = sheets.left
    for view, wide in views.items():
        width = wide * scale
        sheets.draw(Drawing(x, sheets.y, width, height, body, view))
        for row in (each for each in rows if each.get("view") == view):
            place = x + width * int(row["x"]) / FULL, sheets.y + height * int(row["y"]) / FULL
            sheets.draw(Dot(*place, row["n"], bool(row["new"])))
        x += width + gap
    sheets.y += height + _CELL
    _flow(to, {**block, "title": ""}, told)


def _paragraphs(to: Composer, block: Block) -> None:
    _flow(to, block, to.values.lists[block["of"]])


def _flow(to: Composer, block: Block, rows: tuple[Facts, ...]) -> None:
    if not rows:
        return
    sheets = to.sheets
    to.title(block, sheets.letters["text"].line)
    for row in rows:
        for line in sheets.wrapped([("text", row["text"])], sheets.width):
            sheets.keep(sheets.height([line]))
            sheets.y = sheets.column([line], sheets.left, sheets.y)
        sheets.skip(block.get("between", 0))
    sheets.skip(block["space"])


def _signatures(to: Composer, block: Block) -> None:
    """The words and the lines below them are one: nobody signs a page that does not say what for."""
    sheets, rows = to.sheets, _lines_to_sign(to, block)
    words = sheets.wrapped([("text", to.say(block["text"]))], sheets.width)
    width = (sheets.width - _GAP) / 2
    pairs = [rows[at : at + 2] for at in range(0, len(rows), 2)]
    under = [[(row["ink"], sheets.wrapped(_under(row), width)) for row in pair] for pair in pairs]
    tall = [_PEN + _SMALL + max(sheets.height(lines) for _, lines in pair) for pair in under]
    sheets.keep(sheets.height(words) + sum(tall))
    sheets.y = sheets.column(words, sheets.left, sheets.y)
    for pair, height in zip(under, tall, strict=True):
        for at, (ink, lines) in enumerate(pair):
            x = sheets.left + at * (width + _GAP)
            if ink:
                sheets.draw(Ink(x, sheets.y + _SMALL, width, _PEN - 2 * _SMALL, ink))
            sheets.draw(Rule(x, sheets.y + _PEN, width, "line"))
            sheets.column(lines, x, sheets.y + _PEN + _SMALL)
        sheets.y += height
    sheets.skip(block["space"])


def _lines_to_sign(to: Composer, block: Block) -> list[Facts]:
    """In the block's order, an empty one for whoever has not signed; then all others."""
    signed = {row["part"]: row for row in reversed(to.values.lists["signatures"])}
    wanted = block.get("lines", ())
    blank = {part: {"who": to.say(f"blank.{part}"), "at": "", "content": "", "ink": ""} for part in wanted}
    first = [signed.get(part, blank[part]) for part in wanted]
    return [*first, *(row for row in to.values.lists["signatures"] if row not in first)]


def _under(row: Facts) -> list[tuple[str, str]]:
    told = [("strong", row["who"]), ("label", row["at"]), ("note", row["content"])]
    return [(style, text) for style, text in told if text]


_KINDS: Mapping[str, Callable[[Composer, Block], None]] = {
    "sides": _sides,
    "facts": _facts,
    "table": _table,
    "totals": _totals,
    "condition": _condition,
    "paragraphs": _paragraphs,
    "signatures": _signatures,
}
