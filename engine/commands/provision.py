"""``drivesphere provision``: roles, collections, indexes and the first admin on any MongoDB."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from engine.adapters.mongo.client import Client, Credentials, connect
from engine.adapters.mongo.deployment import MongoDeployment
from engine.adapters.mongo.return_pages import MongoReturnPages
from engine.adapters.mongo.schema import initiate as mongo_initiate
from engine.adapters.mongo.schema.migrate import Hear, deaf
from engine.adapters.mongo.schema.provision import NewAccount, create_account, has_admin, provision
from engine.adapters.mongo.transaction_limits import limit_transactions
from engine.domain.firm.settings import FirmSettings
from engine.domain.money.addresses import is_return_page
from engine.domain.money.payment import StripeMode
from engine.domain.people.accounts import one_time_password
from engine.domain.people.people import Role
from engine.domain.shared.errors import Misconfigured
from engine.domain.shared.period import whole_milliseconds
from engine.words.provisioning import written
from engine.words.tr import tr


async def run(  # noqa: PLR0913 -- each is an option of the command
    mongo_url: str,
    database: str,
    root_name: str,
    root_password: str,
    admin: str,
    *,
    stripe_mode: StripeMode | None = None,
    return_pages: tuple[str, ...] = (),
    ca_file: str = "",
    hear: Hear = deaf,
) -> list[str]:
    """What was changed, a line each; *hear* is told meanwhile what takes its time.

    The first admin's password is made here and told once, in the last line. Without a *stripe_mode* it stays what it
    is; while it is none, the first admin or worker with a Stripe key settles it.

    Raises:
        Misconfigured: One of *return_pages* is no https page; *ca_file* holds no certificates; a standalone server, or
            too old a one.
        SignInRefused: Name or password of the root account is wrong.
        Forbidden: That account may not create roles.
        Unavailable: The server does not answer.
    """
    if strange := [url for url in return_pages if not is_return_page(url)]:
        raise Misconfigured("provision.no_https", address=strange[0])
    root = Credentials(root_name, root_password, "admin")
    client = connect(mongo_url, root, ca_file)
    try:
        done = await provision(client, database, FirmSettings(), hear)
        done += await limit_transactions(client, mongo_url, root, ca_file)
        lines = [written(each) for each in done]
        lines += await _stripe_mode(MongoDeployment(client, database), stripe_mode, root_name)
        pages = MongoReturnPages(client, database)
        provided = await pages.provide(return_pages, root_name, whole_milliseconds(datetime.now(UTC)))
        lines += [written(each) for each in provided]
        lines += await _first_admin(client, database, admin)
    finally:
        await client.close()
    return lines or [tr("Nothing to change: the database is as this version needs it.")]


async def initiate(mongo_url: str, root_name: str, root_password: str, ca_file: str = "") -> list[str]:
    """Make a new replica set and its first account where they are missing; what was done, a line each.

    Raises:
        Misconfigured: No member of a set, or it lets nobody in from here.
        Unavailable: The server does not answer, or nobody was elected.
    """
    done = await mongo_initiate.initiate(mongo_url, Credentials(root_name, root_password, "admin"), ca_file)
    return [written(each) for each in done]


def key_file(file: Path, mongo_url: str) -> list[str]:
    """Make the members' key file where it is missing, and say what to do with it; nothing where it is there.

    Raises:
        Misconfigured: Nothing can be written there.
    """
    if not mongo_initiate.make_key_file(file):
        return []
    name, hosts = mongo_initiate.members(mongo_url)
    to_whom = tr(
        "Give a copy to each member ({hosts}), owned by the account that mongod runs as and readable",
        hosts=", ".join(hosts),
    )
    then = tr("Start each with --replSet {name} --keyFile and its path, then run this again.", name=name)
    return [tr("key file {file}: made. {to_whom} by nobody else. {then}", file=file, to_whom=to_whom, then=then)]


async def _first_admin(client: Client, database: str, admin: str) -> list[str]:
    if await has_admin(client, database):
        return []
    password = one_time_password()
    if not await create_account(client, database, NewAccount(admin, password, Role.ADMIN, admin)):
        raise Misconfigured("provision.no_admin", account=admin)
    return [
        tr(
            "account {admin}: created with the role admin; its one-time password, shown this once: {password}",
            admin=admin,
            password=password,
        )
    ]


async def _stripe_mode(deployment: MongoDeployment, wanted: StripeMode | None, by: str) -> list[str]:
    if wanted is not None:
        done = await deployment.change_stripe_mode(wanted, by, whole_milliseconds(datetime.now(UTC)))
        return [written(each) for each in done]
    if await deployment.stripe_mode() is not None:
        return []
    unsaid = tr(
        "stripe: nobody has said whether the firm takes test or live payments, and its desks open no "
        "payment pages until then: run provision with --stripe-mode, or start once as an admin or worker "
        "with a Stripe key"
    )
    return [unsaid]
