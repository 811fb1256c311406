"""Papers laid out and drawn: onto a PDF, a picture or a printer's page, on any thread."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from PySide6.QtCore import QByteArray, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPen
from PySide6.QtSvg import QSvgRenderer

from desktop.papers.blocks import Composer
from desktop.papers.day import DaySheet, values_of_day
from desktop.papers.letters import MM, Letters
from desktop.papers.sheets import Band, Dot, Drawing, Ink, Logo, Mark, Rule, Sheets, Writ, measured
from desktop.papers.template import Template, day_template, template_of
from desktop.papers.values import Values, values_of
from engine.domain.papers.paper import Paper

_HAIR, _HEAVY, _ROUND, _NIB, _DOT = 0.18 * MM, 0.5 * MM, 1.2 * MM, 0.4 * MM, 1.7 * MM
_ROUND_CAP, _ROUND_JOIN = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
#: A signature fills its place only if it filled so much of the pad, in ten-thousandths.
_WIDE = 4_000
#: Of a page, in dots.
WIDTH, HEIGHT = 210 * MM, 297 * MM


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A paper that is ready to be drawn. Attributes: ``pages`` hold what is drawn on each, in dots."""

    pages: list[list[Mark]]
    letters: Letters
    logo: QImage

    def draw(self, painter: QPainter, at: int) -> None:
        """Page *at*, from 0 on."""
        for mark in self.pages[at]:
            _draw(painter, mark, self.letters, self.logo)


def laid_out(paper: Paper, logo: bytes = b"") -> LaidOut:
    """Needs a ``QGuiApplication``, of whatever platform. *logo* is a picture that Qt reads, empty for none.

    Raises:
        PaperRefused: ``paper.no_template``: a newer program issued it.
    """
    template = template_of(paper.body.template, paper.body.language)
    picture, letters = QImage.fromData(logo), Letters(template.layout)
    values, kind = values_of(paper, template), paper.body.kind
    return LaidOut(_composed(template, values, kind, letters, logo=not picture.isNull()), letters, picture)


def day_laid_out(sheet: DaySheet) -> LaidOut:
    """A branch's day; needs what ``laid_out`` does, and raises the same."""
    template = day_template(sheet.language)
    letters = Letters(template.layout)
    return LaidOut(_composed(template, values_of_day(sheet, template), "day", letters, logo=False), letters, QImage())


def _composed(template: Template, values: Values, kind: str, letters: Letters, *, logo: bool) -> list[list[Mark]]:
    sheets = Sheets(measured(template.layout), letters)
    composer = Composer(template, values, sheets, logo)
    for block in template.layout["kinds"][kind]:
        composer.compose(block)
    for number, page in enumerate(sheets.pages, 1):
        page.extend(_running(composer))
        page.extend(_foot(composer, number))
    return sheets.pages


def _running(composer: Composer) -> list[Mark]:
    """What a template repeats above each page."""
    sheets, template = composer.sheets, composer.template
    if (name := template.layout.get("running")) is None:
        return []
    head = Sheets({**sheets.page, "top": sheets.page["running"]}, sheets.letters)
    Composer(template, composer.values, head, composer.logo).compose(name)
    return head.pages[0]


def _foot(composer: Composer, number: int) -> list[Mark]:
    sheets, words = composer.sheets, composer.template.layout["footer"]
    facts = {**composer.values.one, "page": str(number), "pages": str(len(sheets.pages))}
    foot = Sheets(sheets.page, sheets.letters)
    y = sheets.page["footer"] * MM
    foot.draw(Rule(sheets.left, y, sheets.width, "hair"))
    foot.write(composer.say(words["left"], facts), "note", sheets.left, y + 2 * MM)
    foot.write(composer.say(words["right"], facts), "note", 0, y + 2 * MM, right=sheets.left + sheets.width)
    return foot.pages[0]


def _draw(painter: QPainter, mark: Mark, letters: Letters, logo: QImage) -> None:
    match mark:
        case Writ():
            painter.setFont(letters[mark.style].font)
            painter.setPen(letters[mark.style].colour)
            painter.drawText(QPointF(mark.x, mark.baseline), mark.text)
        case Rule():
            painter.setPen(QPen(letters.colours[mark.colour], _HEAVY if mark.heavy else _HAIR))
            painter.drawLine(QPointF(mark.x, mark.y), QPointF(mark.x + mark.width, mark.y))
        case Band():
            painter.setPen(letters.colours["tint"])
            painter.setBrush(letters.colours["tint"])
            painter.drawRoundedRect(QRectF(mark.x, mark.y, mark.width, mark.height), _ROUND, _ROUND)
        case Ink():
            painter.setPen(QPen(letters.colours["ink"], _NIB, Qt.PenStyle.SolidLine, _ROUND_CAP, _ROUND_JOIN))
            for stroke in _strokes(mark):
                painter.drawPolyline(stroke)
        case Drawing():
            rest = QRectF(mark.x, mark.y, mark.width, mark.height)
            _body(mark.body).render(painter, mark.view, rest)
        case Dot():
            style = letters["new" if mark.new else "known"]
            painter.setPen(QPen(letters.colours["new" if mark.new else "known"], _HEAVY))
            painter.setBrush(letters.colours["new" if mark.new else "paper"])
            painter.drawEllipse(QPointF(mark.x, mark.y), _DOT, _DOT)
            painter.setFont(style.font)
            painter.setPen(style.colour)
            wide, tall = style.metrics.horizontalAdvance(mark.text), style.metrics.capHeight()
            painter.drawText(QPointF(mark.x - wide / 2, mark.y + tall / 2), mark.text)
        case Logo():
            tall = logo.height() / max(logo.width(), logo.height())
            wide = logo.width() / max(logo.width(), logo.height())
            painter.drawImage(QRectF(mark.x, mark.y, mark.size * wide, mark.size * tall), logo)


def _body(body: str) -> QSvgRenderer:
    """Made anew for each: one belongs to the thread that made it."""
    return QSvgRenderer(QByteArray((files("resources") / "condition" / f"{body}.svg").read_bytes()))


def _strokes(ink: Ink) -> list[list[QPointF]]:
    """In the place that it has, as large as it fits and not stretched; a dot is a stroke as long as it is wide."""
    told = [[place.split(",") for place in each.split(" ")] for each in ink.strokes.split(";")]
    places = [[(int(x), int(y)) for x, y in each] for each in told]
    xs, ys = ([place[axis] for each in places for place in each] for axis in (0, 1))
    scale = min(ink.width / max(max(xs) - min(xs), _WIDE), ink.height / max(max(ys) - min(ys), 1))
    base = ink.y + ink.height - (max(ys) - min(ys)) * scale
    drawn = [[QPointF(ink.x + (x - min(xs)) * scale, base + (y - min(ys)) * scale) for x, y in each] for each in places]
    return [each if len(each) > 1 else [each[0], each[0] + QPointF(_NIB, 0)] for each in drawn]
