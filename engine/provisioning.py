"""``drivesphere provision``: roles, collections, indexes and the first admin on any MongoDB."""

from __future__ import annotations

import secrets

from engine.adapters.mongo_client import Credentials, connect
from engine.adapters.mongo_provision import NewAccount, create_account, has_admin, provision
from engine.domain.errors import Misconfigured
from engine.domain.people import Role
from engine.domain.settings import FirmSettings


async def run(mongo_url: str, database: str, root_name: str, root_password: str, admin: str) -> list[str]:
    """What was changed, a line each.

    The first admin's password is made here and told once, in the last line.

    Raises:
        Misconfigured: A standalone server, or too old a one.
        SignInRefused: Name or password of the root account is wrong.
        Forbidden: That account may not create roles.
        Unavailable: The server does not answer.
    """
    client = connect(mongo_url, Credentials(root_name, root_password, "admin"))
    try:
        lines = await provision(client, database, FirmSettings())
        if not await has_admin(client, database):
            password = secrets.token_urlsafe(12)
            if not await create_account(client, database, NewAccount(admin, password, Role.ADMIN, admin)):
                raise Misconfigured(
                    f"There is no admin, and the account {admin} exists without that role: name another with --admin, "
                    f"or grant it the role ds_admin."
                )
            lines.append(f"account {admin}: created with the role admin; its password, shown this once: {password}")
    finally:
        await client.close()
    return lines or ["Nothing to change: the database is as this version needs it."]
