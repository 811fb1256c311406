"""A paper as a PDF: of one body, template and set of fonts always the same bytes, on any thread, with no window."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import chain
from uuid import NAMESPACE_URL, uuid5

from PySide6.QtCore import QBuffer, QHashSeed, QIODevice, QMarginsF, QUuid
from PySide6.QtGui import QGuiApplication, QPageSize, QPainter, QPdfWriter

from desktop.papers.day import DaySheet
from desktop.papers.drawing import LaidOut, laid_out
from desktop.papers.letters import DPI
from engine.domain.papers.paper import Paper


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
    """As ``laid_out``, which says what it needs and raises."""
    return written(paper, laid_out(paper, logo))


def written(paper: Paper, laid: LaidOut) -> Drawn:
    """The file of *paper*, which was laid out already."""
    return _file(laid, _Label(paper.number, paper.body.seller.name, paper.hash, paper.issued_at))


def day_written(sheet: DaySheet, laid: LaidOut) -> Drawn:
    """The file of a branch's day, which was laid out already."""
    today = sheet.today
    title = f"{today.branch.id} {today.at:%Y-%m-%d}"
    return _file(laid, _Label(title, sheet.by, f"{title} {sheet.by} {today.at.isoformat()}", today.at))


@dataclass(frozen=True, slots=True)
class _Label:
    """What a file tells of itself. Attributes: its id is made of ``seed``."""

    title: str
    creator: str
    seed: str
    at: datetime


def _file(laid: LaidOut, label: _Label) -> Drawn:
    return Drawn(_fixed(_written(laid, label), label.at), len(laid.pages), laid.letters.fonts)


def drawn_alone(paper: Paper, logo: bytes = b"") -> Drawn:
    """As ``drawn``, in a program without a window and without a screen."""
    if QGuiApplication.instance() is None:
        _ALONE.append(QGuiApplication(["drivesphere", "-platform", "offscreen"]))
    return drawn(paper, logo)


#: Lives as long as the program.
_ALONE: list[QGuiApplication] = []


def _written(laid: LaidOut, label: _Label) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(DPI)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setTitle(label.title)
    writer.setCreator(label.creator)
    writer.setDocumentId(QUuid(str(uuid5(NAMESPACE_URL, label.seed))))
    with _in_one_order():
        painter = QPainter(writer)
        try:
            for at in range(len(laid.pages)):
                if at:
                    writer.newPage()
                laid.draw(painter, at)
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


#: Where Qt writes the time and zone at which it wrote.
_INFO_TIME = re.compile(rb"/(CreationDate|ModDate) \(D:[^)]*\)")
_XMP_TIME = re.compile(rb'xmp:(CreateDate|ModifyDate|MetadataDate)="[^"]*"')
_ENTRY = re.compile(rb"(\d{10}) (\d{5}) n")
_START = re.compile(rb"startxref\n(\d+)")


def _fixed(data: bytes, at: datetime) -> bytes:
    """*data* with the time of what it shows in the place of now; what stands behind it is found where it moved to."""
    info = f"{at:%Y%m%d%H%M%S}Z".encode()
    xmp = f"{at:%Y-%m-%dT%H:%M:%S}+00:00".encode()
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
        return old + sum(by for where, by in moves if where < old)

    tail = _ENTRY.sub(lambda each: b"%010d %b n" % (place(int(each[1])), each[2]), tail)
    tail = _START.sub(lambda each: b"startxref\n%d" % place(int(each[1])), tail)
    return moved + mark + tail
