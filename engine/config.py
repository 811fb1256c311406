"""Settings: the only reader of the environment, the ``.env`` file, the config file and the keyring."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path

import platformdirs
import structlog

from engine.config_files import check_certificates, read_dotenv, read_toml, there
from engine.domain.money.payment import StripeMode
from engine.domain.shared.errors import Misconfigured
from engine.domain.shared.remark import remark
from engine.domain.shared.server_address import check_database, check_mongo_url, check_redis_url, names_ca
from engine.words.problems import told as told_as_text

_PREFIX = "DRIVESPHERE_"
_TOKEN = "XDG_ACTIVATION_TOKEN"  # noqa: S105 -- the name of a variable
_PHRASE = f"{_PREFIX}BACKUP_PASSPHRASE"
_LIVE = ("sk_live_", "rk_live_")
#: What a file in the working folder, which others may have put there, shall not choose.
ELSEWHERE = frozenset({"mongod", "valkey", "mongo_url", "redis_url", "ca_file", "stripe_ca_file"})
#: Control characters and ends of lines (Unicode's general categories).
_UNSEEN = frozenset({"Cc", "Zl", "Zp"})
_HIDDEN = "•••"
_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")

log = structlog.get_logger(__name__)


class Secret(str):
    """Text that does not show itself; ``reveal`` gives it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return _HIDDEN if self else "''"

    def __str__(self) -> str:
        return _HIDDEN if self else ""

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def reveal(self) -> str:
        return str.__str__(self)


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are.

    Attributes:
        data_dir: Folder of the embedded servers and of this user's own data.
        mongo_url: Address without credentials; empty means the embedded servers.
        redis_url: Address, password included; empty means the embedded server, or none with a ``mongo_url``.
        database: Name of the application's database.
        stripe_api_key: ``sk_…`` or ``rk_…``; empty means the sandbox with the embedded servers, or no payments.
        stripe_webhook_secret: ``whsec_…``, with which Stripe signs what it posts to a worker.
        success_url: Static https page that Stripe shows after paying; needed with a live key only.
        log_dir: Folder for the program's log and crash reports; None keeps none.
        cache_dir: Folder for what can be fetched again, such as thumbnails; None keeps nothing.
        mongod, valkey: Paths of server programs to use instead of the ones found.
        ca_file: Certificates (PEM) that MongoDB and a ``rediss://`` Redis must prove to come from; turns TLS on.
        stripe_ca_file: Those of a proxy that opens the firm's TLS; empty believes Stripe's own.
        branch: Id of the branch at which this desk stands; empty: that of whoever signs in.
    """

    data_dir: Path
    mongo_url: str = ""
    redis_url: Secret = field(default=Secret())
    database: str = "drivesphere"
    stripe_api_key: Secret = field(default=Secret())
    stripe_webhook_secret: Secret = field(default=Secret())
    success_url: str = ""
    mongod: str = ""
    valkey: str = ""
    cache_dir: Path | None = None
    log_dir: Path | None = None
    ca_file: str = ""
    stripe_ca_file: str = ""
    branch: str = ""

    @property
    def embedded(self) -> bool:
        return not self.mongo_url

    @property
    def stripe_mode(self) -> StripeMode | None:
        """None without a key."""
        if not self.stripe_api_key:
            return None
        live = self.stripe_api_key.reveal().startswith(_LIVE)
        return StripeMode.LIVE if live else StripeMode.TEST


def load(data_dir: Path | None = None, environ: Mapping[str, str] | None = None, cwd: Path | None = None) -> Settings:
    """Settings from, in rising order: config file, ``.env`` in *cwd*, environment, *data_dir*.

    What names a program, a server or a certificate is taken from ``.env`` only where nothing else names it.

    Raises:
        Misconfigured: A file that cannot be read, an unknown setting, or a value that cannot be one.
    """
    env = dict(os.environ if environ is None else environ)
    kept, path = _config_file(env)
    folder_says = _ours(_dotenv((cwd or Path.cwd()) / ".env"))
    told = _ours(env)
    strange = {name: folder_says.pop(name) for name in sorted(ELSEWHERE & folder_says.keys())}
    merged = strange | kept | folder_says | told
    if used := [name for name in strange if name not in kept | told]:
        log.warning(
            "config.dotenv_names_servers",
            says=told_as_text(remark("settings.dotenv", names=", ".join(used), path=str(path), count=len(used))),
        )
    known = {each.name for each in fields(Settings)}
    if unknown := sorted(set(merged) - known):
        raise Misconfigured("settings.unknown", unknown=", ".join(unknown), known=", ".join(sorted(known)))
    for name, value in merged.items():
        _must_be_plain(name, value)
    return _checked(_settings(merged, data_dir))


def _settings(merged: Mapping[str, str], data_dir: Path | None) -> Settings:
    chosen = data_dir or merged.get("data_dir")
    folder = Path(chosen or platformdirs.user_data_path("drivesphere", appauthor=False))
    # Whoever chooses where the data lies finds all of it there.
    caches = folder / "cache" if chosen else platformdirs.user_cache_path("drivesphere", appauthor=False)
    logs = folder / "logs" if chosen else platformdirs.user_log_path("drivesphere", appauthor=False)
    stripe_key = merged.get("stripe_api_key", "")
    if merged.get("mongo_url") and not stripe_key:
        stripe_key = _keyring("stripe_api_key")
    return Settings(
        data_dir=_absolute("data_dir", folder),
        mongo_url=merged.get("mongo_url", ""),
        redis_url=Secret(merged.get("redis_url", "")),
        database=merged.get("database", "drivesphere"),
        stripe_api_key=Secret(stripe_key),
        stripe_webhook_secret=Secret(merged.get("stripe_webhook_secret", "")),
        success_url=merged.get("success_url", ""),
        mongod=merged.get("mongod", ""),
        valkey=merged.get("valkey", ""),
        cache_dir=_absolute("cache_dir", Path(merged.get("cache_dir") or caches)),
        log_dir=_absolute("log_dir", Path(merged.get("log_dir") or logs)),
        ca_file=merged.get("ca_file", ""),
        stripe_ca_file=merged.get("stripe_ca_file", ""),
        branch=merged.get("branch", ""),
    )


def _absolute(name: str, path: Path) -> Path:
    try:
        return path.expanduser().absolute()
    except (RuntimeError, OSError) as problem:  # ~NOBODY, or the working folder is gone
        raise Misconfigured("settings.no_folder", name=name, path=path) from problem


def _must_be_plain(name: str, value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError as problem:
        raise Misconfigured("settings.not_utf8", name=name) from problem
    if any(unicodedata.category(sign) in _UNSEEN for sign in value):
        raise Misconfigured("settings.unseen", name=name)


def settings_file(environ: Mapping[str, str] | None = None) -> Path:
    """The person's own, there or not."""
    named = (os.environ if environ is None else environ).get(f"{_PREFIX}CONFIG", "")
    return Path(named or platformdirs.user_config_path("drivesphere", appauthor=False) / "config.toml")


def told_elsewhere(names: Iterable[str], environ: Mapping[str, str] | None = None) -> list[str]:
    """Those of *names* that the environment says, which goes before the file."""
    told = _ours(os.environ if environ is None else environ)
    return [name for name in names if told.get(name)]


def kept_password(account: str, environ: Mapping[str, str] | None = None) -> Secret:
    """The account's password from the environment or else the keyring; empty if it is in neither."""
    env = os.environ if environ is None else environ
    return Secret(env.get(f"{_PREFIX}PASSWORD") or _keyring(f"password:{account}"))


def backup_phrase(environ: Mapping[str, str] | None = None) -> Secret:
    """The pass phrase of a back-up, from the environment; empty if it is not there."""
    env = os.environ if environ is None else environ
    return Secret(env.get(_PHRASE, ""))


def activation_token(environ: Mapping[str, str] | None = None) -> str:
    """What a Wayland desktop hands to what a person starts: only with it another program's window may come forward."""
    return (os.environ if environ is None else environ).get(_TOKEN, "")


@contextmanager
def handed_over(token: str) -> Iterator[None]:
    """*token*, where there is one, stands where Qt looks for it when a window is activated; it is good for once."""
    if not token:
        yield
        return
    os.environ[_TOKEN] = token
    try:
        yield
    finally:
        os.environ.pop(_TOKEN, None)


def environment_of_others(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """What programs of the computer's own are started with: the bundle's libraries are not for them.

    A browser or file manager that loads ours instead of its own may not start. The bundle keeps what was there before.
    """
    env = dict(os.environ if environ is None else environ)
    if getattr(sys, "frozen", False):
        before = env.pop("LD_LIBRARY_PATH_ORIG", "")
        env.pop("LD_LIBRARY_PATH", None)
        if before:
            env["LD_LIBRARY_PATH"] = before
    return env


def must_have_screen(environ: Mapping[str, str] | None = None, platform: str = sys.platform) -> None:
    """Raises: Misconfigured, where Qt would end the program with a message about a library that is not to blame."""
    env = os.environ if environ is None else environ
    if platform.startswith("linux") and not any(env.get(name) for name in _SCREENS):
        raise Misconfigured("screen.none")


def _keyring(name: str) -> str:
    """What the system's keyring holds for us; nothing where there is no keyring, as without a desktop session."""
    import keyring  # noqa: PLC0415 -- it takes a tenth of the time to the first frame, and the demo asks it nothing
    from keyring.errors import KeyringError  # noqa: PLC0415 -- as above

    try:
        return keyring.get_password("drivesphere", name) or ""
    except KeyringError:
        log.info("config.no_keyring")
        return ""


def _config_file(env: Mapping[str, str]) -> tuple[dict[str, str], Path]:
    """What the user's own file says, and where it lies or would lie."""
    named = env.get(f"{_PREFIX}CONFIG", "")
    path = settings_file(env)
    if not there(path):
        if named:
            raise Misconfigured("settings.no_config", path=path)
        return {}, path
    told = read_toml(path)
    if wrong := [name for name, value in told.items() if not isinstance(value, str)]:
        raise Misconfigured("settings.quotes", path=path, names=", ".join(wrong))
    return told, path


def _dotenv(path: Path) -> dict[str, str]:
    return read_dotenv(path) if there(path) and not path.is_dir() else {}


def _ours(source: Mapping[str, str]) -> dict[str, str]:
    """The settings among *source*, by their names in the config file."""
    own = (f"{_PREFIX}CONFIG", f"{_PREFIX}PASSWORD", _PHRASE)
    told = {
        name.removeprefix(_PREFIX).lower(): value
        for name, value in source.items()
        if name.startswith(_PREFIX) and name not in own
    }
    if source.get("STRIPE_API_KEY"):
        told["stripe_api_key"] = source["STRIPE_API_KEY"]
    return told


def _checked(settings: Settings) -> Settings:
    if settings.mongo_url:
        check_mongo_url(settings.mongo_url)
        if not settings.redis_url:
            raise Misconfigured("settings.redis_beside")
    ca_named = bool(settings.ca_file) or names_ca(settings.mongo_url)
    check_redis_url(settings.redis_url.reveal(), ca_named=ca_named)
    check_database(settings.database)
    for name in ("ca_file", "stripe_ca_file"):
        if path := getattr(settings, name):
            check_certificates(name, path)
    if settings.stripe_webhook_secret and not settings.stripe_webhook_secret.reveal().startswith("whsec_"):
        raise Misconfigured("stripe.webhook_secret")
    key = settings.stripe_api_key.reveal()
    if key and not key.startswith(("sk_test_", "rk_test_", "sk_live_", "rk_live_")):
        raise Misconfigured("stripe.key_setting")
    if key.startswith(_LIVE) and not settings.success_url.startswith("https://"):
        raise Misconfigured("stripe.live_needs_page")
    return settings
