"""A paper as a PDF: of one body, template and set of fonts always the same bytes, on any thread, with no window."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from itertools import chain
from uuid import NAMESPACE_URL, uuid5

from PySide6.QtCore import QBuffer, QByteArray, QHashSeed, QIODevice, QMarginsF, QPointF, QRectF, Qt, QUuid
from PySide6.QtGui import QGuiApplication, QImage, QPageSize, QPainter, QPdfWriter, QPen
from PySide6.QtSvg import QSvgRenderer

from desktop.papers.blocks import Composer
from desktop.papers.letters import DPI, MM, Letters
from desktop.papers.sheets import Band, Dot, Drawing, Ink, Logo, Mark, Rule, Sheets, Writ, measured
from desktop.papers.template import Template, template_of
from desktop.papers.values import values_of
from engine.domain.papers.paper import Paper

_HAIR, _HEAVY, _ROUND, _NIB, _DOT = 0.18 * MM, 0.5 * MM, 1.2 * MM, 0.4 * MM, 1.7 * MM
_ROUND_CAP, _ROUND_JOIN = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
#: A signature fills its place only if it filled so much of the pad, in ten-thousandths.
_WIDE = 4_000


@dataclass(frozen=True, slots=True)
class Drawn:
    """Attributes: ``fonts`` is what the letters were drawn with: with others there are other bytes."""

    data: bytes
    pages: int
    fonts: str

    @property
    def sha256(self) -> str:
        return sha256(self.data).hexdigest()


def drawn(paper: Paper, logo: bytes = b"") -> Drawn:
    """Needs a ``QGuiApplication``, of whatever platform. *logo* is a picture that Qt reads, empty for none.

    Raises:
        PaperRefused: ``paper.no_template``: a newer program issued it.
    """
    template = template_of(paper.body.template, paper.body.language)
    picture = QImage.fromData(logo)
    letters = Letters(template.layout)
    pages = _composed(paper, template, letters, logo=not picture.isNull())
    return Drawn(_fixed(_written(paper, pages, letters, picture), paper), len(pages), letters.fonts)


def drawn_alone(paper: Paper, logo: bytes = b"") -> Drawn:
    """As ``drawn``, in a program without a window and without a screen."""
    if QGuiApplication.instance() is None:
        _ALONE.append(QGuiApplication(["drivesphere", "-platform", "offscreen"]))
    return drawn(paper, logo)


#: Lives as long as the program.
_ALONE: list[QGuiApplication] = []


def _composed(paper: Paper, template: Template, letters: Letters, *, logo: bool) -> list[list[Mark]]:
    sheets = Sheets(measured(template.layout), letters)
    values = values_of(paper, template)
    composer = Composer(template, values, sheets, logo)
    for block in template.layout["kinds"][paper.body.kind]:
        composer.compose(block)
    for number, page in enumerate(sheets.pages, 1):
        page.extend(_foot(composer, number))
    return sheets.pages


def _foot(composer: Composer, number: int) -> list[Mark]:
    sheets, words = composer.sheets, composer.template.layout["footer"]
    facts = {**composer.values.one, "page": str(number), "pages": str(len(sheets.pages))}
    foot = Sheets(sheets.page, sheets.letters)
    y = sheets.page["footer"] * MM
    foot.draw(Rule(sheets.left, y, sheets.width, "hair"))
    foot.write(composer.say(words["left"], facts), "note", sheets.left, y + 2 * MM)
    foot.write(composer.say(words["right"], facts), "note", 0, y + 2 * MM, right=sheets.left + sheets.width)
    return foot.pages[0]


def _written(paper: Paper, pages: list[list[Mark]], letters: Letters, logo: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(DPI)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setTitle(paper.number)
    writer.setCreator(paper.body.seller.name)
    writer.setDocumentId(QUuid(str(uuid5(NAMESPACE_URL, paper.hash))))
    with _in_one_order():
        painter = QPainter(writer)
        try:
            for at, page in enumerate(pages):
                if at:
                    writer.newPage()
                for mark in page:
                    _draw(painter, mark, letters, logo)
        finally:
            # Whatever ends it: Qt does not survive a writer that goes before its painter has ended.
            painter.end()
    return bytes(buffer.data().data())


@contextmanager
def _in_one_order() -> Iterator[None]:
    """Qt writes a file's fonts in the order of a hash, whose seed is another in each program."""
    QHashSeed.setDeterministicGlobalSeed()
    try:
        yield
    finally:
        QHashSeed.resetRandomGlobalSeed()


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


#: Where Qt writes the time and zone at which it wrote.
_INFO_TIME = re.compile(rb"/(CreationDate|ModDate) \(D:[^)]*\)")
_XMP_TIME = re.compile(rb'xmp:(CreateDate|ModifyDate|MetadataDate)="[^"]*"')
_ENTRY = re.compile(rb"(\d{10}) (\d{5}) n")
_START = re.compile(rb"startxref\n(\d+)")


def _fixed(data: bytes, paper: Paper) -> bytes:
    """*data* with the paper's own time in the place of now; what stands behind it is found where it moved to."""
    info = f"{paper.issued_at:%Y%m%d%H%M%S}Z".encode()
    xmp = f"{paper.issued_at:%Y-%m-%dT%H:%M:%S}+00:00".encode()
    head, mark, tail = data.rpartition(b"xref\n0 ") if b"xref\n0 " in data else (data, b"", b"")
    moves: list[tuple[int, int]] = []

    def put(found: re.Match[bytes], told: bytes) -> bytes:
        moves.append((found.start(), len(told) - len(found[0])))
        return told

    times = chain(_INFO_TIME.finditer(head), _XMP_TIME.finditer(head))
    parts, last = [], 0
    for found in sorted(times, key=lambda each: each.start()):
        told = (
            b"/" + found[1] + b" (D:" + info + b")" if found[0][:1] == b"/" else b"xmp:" + found[1] + b'="' + xmp + b'"'
        )
        parts += [head[last : found.start()], put(found, told)]
        last = found.end()
    moved = b"".join([*parts, head[last:]])

    def place(old: int) -> int:
        return old + sum(by for at, by in moves if at < old)

    tail = _ENTRY.sub(lambda each: b"%010d %b n" % (place(int(each[1])), each[2]), tail)
    tail = _START.sub(lambda each: b"startxref\n%d" % place(int(each[1])), tail)
    return moved + mark + tail
