"""What administrators run the firm with, in one record."""

from __future__ import annotations

from dataclasses import dataclass

from engine.services.audit import AuditService
from engine.services.branches import BranchService
from engine.services.disputes import DisputeService
from engine.services.firm import FirmService
from engine.services.health import HealthService
from engine.services.manual_review import ManualReview
from engine.services.overview import OverviewService
from engine.services.requests import RequestService
from engine.services.return_pages import ReturnPageService
from engine.services.unbelieved import UnbelievedService
from engine.services.watch import Watch, WatchNotes


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
