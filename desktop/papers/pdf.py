"""A paper as a PDF: of one body, template and set of fonts always the same bytes, on any thread, with no window."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from uuid import NAMESPACE_URL, uuid5

from PySide6.QtCore import QBuffer, QHashSeed, QIODevice, QMarginsF, QUuid
from PySide6.QtGui import QGuiApplication, QPageSize, QPainter, QPdfWriter

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
    return Drawn(_fixed(_written(paper, laid), paper), len(laid.pages), laid.letters.fonts)


def drawn_alone(paper: Paper, logo: bytes = b"") -> Drawn:
    """As ``drawn``, in a program without a window and without a screen."""
    if QGuiApplication.instance() is None:
        _ALONE.append(QGuiApplication(["drivesphere", "-platform", "offscreen"]))
    return drawn(paper, logo)


#: Lives as long as the program.
_ALONE: list[QGuiApplication] = []


def _written(paper: Paper, laid: LaidOut) -> bytes:
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
