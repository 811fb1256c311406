"""Papers as they are issued, without a database, and what can be read of them once they are drawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from unicodedata import normalize

from paper_builders import CODED, FIRM, RATES, paper_wish
from pypdf import PdfReader

from engine.domain.papers.credits import credit
from engine.domain.papers.drafts import drafted
from engine.domain.papers.legal import LegalData
from engine.domain.papers.paper import Content, Correction, Draft, Paper, PaperKind
from engine.domain.papers.series import begun, issued
from engine.domain.people.people import AccountName

ISSUED = datetime(2026, 12, 12, 8, 46, tzinfo=UTC)


def issued_paper(kind: PaperKind = PaperKind.INVOICE, language="en", firm: LegalData = FIRM, n=413, **content) -> Paper:
    """Number *n* of its series."""
    body = drafted(paper_wish(kind, language=language, **content), CODED, firm, RATES, AccountName("clerk"))
    return numbered(body, n)


def numbered(body, n=413) -> Paper:
    series = replace(begun(f"BER-2026-{body.kind.letters}", ISSUED), next=n)
    return issued(Draft("paper-1", body), series, ISSUED)[0]


def credited(invoice: Paper, reason="Wrong car") -> Paper:
    lines, taxes = credit(invoice, [], None)
    told = Correction(invoice.id, invoice.number, invoice.issued_at, 1, reason)
    content = Content(invoice.body.content.buyer, lines)
    return numbered(replace(invoice.body, kind=PaperKind.CREDIT_NOTE, content=content, taxes=taxes, corrects=told), 7)


def pages_of(data: bytes) -> list[str]:
    """The text of each page; blanks and line breaks are single spaces, and letters drawn as one are told apart."""
    read = (page.extract_text() for page in PdfReader(BytesIO(data), strict=True).pages)
    return [" ".join(normalize("NFKC", text).split()) for text in read]


def text_of(data: bytes) -> str:
    return " ".join(pages_of(data))


def lowest_of(data: bytes) -> list[str]:
    """Of each page what stands lowest on it."""
    found = []
    for page in PdfReader(BytesIO(data), strict=True).pages:
        rows: dict[float, str] = {}

        def heard(text: str, now: list[float], own: list[float], *_: object, rows=rows) -> None:
            if text.strip():
                # Where the line is on the page: its own place by that of what it is drawn on.
                at = round(own[4] * now[1] + own[5] * now[3] + now[5], 1)
                rows[at] = f"{rows.get(at, '')} {text}"

        page.extract_text(visitor_text=heard)
        found.append(" ".join(rows[min(rows)].split()))
    return found
