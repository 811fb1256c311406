"""The engine's services in one record: for windows, commands and tests."""

from __future__ import annotations

from dataclasses import dataclass

from engine.domain.people.people import Actor
from engine.ports.local import Clock
from engine.services.agreement.agreement import AgreementService
from engine.services.agreement.closing import ClosingService
from engine.services.agreement.exchanging import ExchangingService
from engine.services.booking.availability import AvailabilityService
from engine.services.booking.board import BoardService
from engine.services.booking.booking import BookingService
from engine.services.booking.catalogue import CatalogueService
from engine.services.booking.changing_car import ChangingCarService
from engine.services.booking.follower import Follower
from engine.services.booking.listing import ListingService
from engine.services.booking.manual_review import ManualReview
from engine.services.booking.rental import RentalService
from engine.services.booking.restored import RestoredService
from engine.services.booking.today import TodayService
from engine.services.booking.unbelieved import UnbelievedService
from engine.services.counter.till import TillService
from engine.services.firm.audit import AuditService
from engine.services.firm.branches import BranchService
from engine.services.firm.firm import FirmService
from engine.services.firm.health import HealthService
from engine.services.firm.watch import Watch, WatchNotes
from engine.services.fleet.fleet import FleetService
from engine.services.fleet.images import ImagesService
from engine.services.fleet.servicing import ServicingService
from engine.services.marks.marks import MarkService
from engine.services.papers.billing import BillingService
from engine.services.papers.contracts import ContractService
from engine.services.papers.legal import LegalService
from engine.services.papers.papers import PaperService
from engine.services.payment.disputes import DisputeService
from engine.services.payment.payment import PaymentService
from engine.services.payment.return_pages import ReturnPageService
from engine.services.people.accounts import AccountService
from engine.services.people.renters import RenterService
from engine.services.people.requests import RequestService
from engine.services.reports.copying import CopyService
from engine.services.reports.earnings import EarningsService
from engine.services.reports.overview import OverviewService


@dataclass(frozen=True, slots=True)
class AdminServices:
    """What administrators run the firm with."""

    firm: FirmService
    branches: BranchService
    audit: AuditService
    health: HealthService
    overview: OverviewService
    requests: RequestService
    manual_review: ManualReview
    unbelieved: UnbelievedService
    disputes: DisputeService
    return_pages: ReturnPageService
    legal: LegalService
    watch: Watch
    watch_notes: WatchNotes


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What a signed-in account can do.

    Attributes:
        copying: Keeps an owner's books on this computer; None for other accounts.
    """

    actor: Actor
    clock: Clock
    catalogue: CatalogueService
    renters: RenterService
    availability: AvailabilityService
    booking: BookingService
    listing: ListingService
    today: TodayService
    board: BoardService
    till: TillService
    rental: RentalService
    agreements: AgreementService
    closing: ClosingService
    exchanging: ExchangingService
    changing: ChangingCarService
    payment: PaymentService
    follower: Follower
    fleet: FleetService
    servicing: ServicingService
    marks: MarkService
    images: ImagesService
    accounts: AccountService
    admin: AdminServices
    restored: RestoredService
    earnings: EarningsService
    papers: PaperService
    billing: BillingService
    contracts: ContractService
    copying: CopyService | None
