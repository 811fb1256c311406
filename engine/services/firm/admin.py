"""What administrators run the firm with, in one record."""

from __future__ import annotations

from dataclasses import dataclass

from engine.services.booking.manual_review import ManualReview
from engine.services.booking.unbelieved import UnbelievedService
from engine.services.firm.audit import AuditService
from engine.services.firm.branches import BranchService
from engine.services.firm.firm import FirmService
from engine.services.firm.health import HealthService
from engine.services.firm.watch import Watch, WatchNotes
from engine.services.payment.disputes import DisputeService
from engine.services.payment.return_pages import ReturnPageService
from engine.services.people.requests import RequestService
from engine.services.reports.overview import OverviewService


@dataclass(frozen=True, slots=True)
class AdminServices:
    firm: FirmService
    branches: BranchService
    audit: AuditService
    health: HealthService
    overview: OverviewService
    requests: RequestService
    care: ManualReview
    unbelieved: UnbelievedService
    disputes: DisputeService
    return_pages: ReturnPageService
    watch: Watch
    watch_notes: WatchNotes
