"""Files of settings and what they name: in any encoding they are read or refused in words; no option looks away."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from refusing import refused
from structlog.testing import capture_logs

from engine.config import ELSEWHERE, load
from engine.config_files import read_dotenv, read_toml
from engine.domain.shared.errors import Misconfigured
from engine.domain.shared.server_address import check_mongo_url, check_redis_url, same_server, shown
from engine.words.errors import sentence as in_words


def sentence(call):
    """What it refuses, in words; empty if it takes it."""
    try:
        call()
    except Misconfigured as problem:
        return in_words(problem)
    return ""


ENCODINGS = [
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "cp1252",
    "latin-1",
    "cp437",
    "shift_jis",
]
WITH_A_MARK = {"utf-8", "utf-8-sig", "utf-16", "utf-32"}


@pytest.fixture
def folder():
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def read(folder, *, config=None, dotenv=None, **environ):
    if config is not None:
        (folder / "config.toml").write_bytes(config)
        environ["DRIVESPHERE_CONFIG"] = str(folder / "config.toml")
    if dotenv is not None:
        (folder / ".env").write_bytes(dotenv)
    return load(environ={"DRIVESPHERE_CONFIG": os.devnull} | environ, cwd=folder)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("source", ["config", "dotenv"])
def test_an_encoding_is_read_or_refused_in_words(folder, encoding, source):
    line = 'cache_dir = "/tmp/é"\n' if source == "config" else "DRIVESPHERE_CACHE_DIR=/tmp/é\n"
    raw = line.encode(encoding, "replace")

    if encoding in WITH_A_MARK:
        assert Path("/tmp/é") == read(folder, **{source: raw}).cache_dir  # noqa: S108 -- nothing is written
    elif raw.isascii() and b"\0" not in raw:
        read(folder, **{source: raw})
    else:
        with refused(Misconfigured, match=r"(save it|Save it) as\s+UTF-8"):
            read(folder, **{source: raw})


@given(raw=st.binary(max_size=200))
@example(raw=b"\xef\xbb\xbf")
@example(raw=b"\xff\xfe")
@example(raw=b"a = " + b"[" * 5000)
@example(raw=b"a = " + b"9" * 5000)
@example(raw=b'"' * 3 + b"\\U00110000" + b'"' * 3)
@example(raw=b'data_dir = "\\u0000"')
@example(raw=b'data_dir = "~nobody-of-that-name/x"')
@example(raw=b"DRIVESPHERE_DATA_DIR=~nobody-of-that-name/x")
@example(raw=b'cache_dir = "' + b"x" * 5000 + b'"')
@example(raw=b'ca_file = "' + b"x" * 5000 + b'"')
def test_any_bytes_are_settings_or_a_sentence(raw):
    with tempfile.TemporaryDirectory() as name:
        for source in ("config", "dotenv"):
            said = sentence(lambda source=source: read(Path(name), **{source: raw}))
            assert "Error" not in said
            assert said.encode() is not None
            (Path(name) / ".env").unlink(missing_ok=True)


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=50))
def test_what_is_read_is_what_was_written(text):
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "f"
        for encoding in sorted(WITH_A_MARK):
            quoted = text.replace("\\", "\\\\").replace('"', '\\"')
            path.write_bytes(f'a = "{quoted}"'.encode(encoding))
            assert read_toml(path) == {"a": text}
            path.write_bytes("A='b'\nC='d'".encode(encoding))
            assert read_dotenv(path) == {"A": "b", "C": "d"}


@pytest.mark.parametrize("what", ["a folder", "a loop", "too large", "no rights"])
@pytest.mark.parametrize("name", ["config.toml", ".env"])
def test_a_file_that_cannot_be_one_is_said(folder, what, name):
    path = folder / name
    match what:
        case "a folder":
            path.mkdir()
        case "a loop":
            path.symlink_to(path)
        case "too large":
            path.write_bytes(b"#" * 2_000_000)
        case "no rights":
            path.write_bytes(b"")
            path.chmod(0)
    environ = {"DRIVESPHERE_CONFIG": str(path)} if name == "config.toml" else {"DRIVESPHERE_CONFIG": os.devnull}

    if (what == "a folder" and name == ".env") or (what == "no rights" and os.geteuid() == 0):
        load(environ=environ, cwd=folder)
    else:
        with refused(Misconfigured, match=f"The settings file .*{re.escape(name)} cannot be read"):
            load(environ=environ, cwd=folder)


def test_a_settings_file_that_is_named_and_absent_is_said(folder):
    with refused(Misconfigured, match=r"names a settings file that is not there: .*gone\.toml"):
        load(environ={"DRIVESPHERE_CONFIG": str(folder / "gone.toml")}, cwd=folder)


@pytest.mark.parametrize("setting", ["ca_file", "stripe_ca_file"])
@pytest.mark.parametrize("holds", [b"", b"not PEM", b"\xff\xfe\x00", b"-----BEGIN CERTIFICATE-----\nxx\n", None])
def test_certificates_that_are_none_are_said(folder, setting, holds):
    path = folder / "ca.pem"
    path.mkdir() if holds is None else path.write_bytes(holds)

    with refused(Misconfigured, match=f"^{setting}"):
        read(folder, **{f"DRIVESPHERE_{setting.upper()}": str(path)})


@given(
    st.sampled_from(["DATABASE", "MONGOD", "SUCCESS_URL", "CA_FILE", "DATA_DIR", "MONGO_URL", "REDIS_URL"]),
    st.sampled_from(["\n", "\0", "\x1b[2J", "\x7f", "\u2028", "\udcff"]),
)
def test_signs_that_cannot_be_seen_are_refused_in_every_setting(name, sign):
    with tempfile.TemporaryDirectory() as folder, pytest.raises(Misconfigured) as said:
        read(Path(folder), **{f"DRIVESPHERE_{name}": f"x{sign}y"})

    assert sign not in in_words(said.value)


# .env of the working folder

A_VALUE = {"mongod": "/bin/x", "valkey": "/bin/y", "mongo_url": "mongodb://a", "redis_url": "redis://b"}


@pytest.mark.parametrize("name", sorted(A_VALUE))
def test_dotenv_still_names_servers_with_a_sentence_on_where_they_belong(folder, name):
    lines = "".join(
        f"DRIVESPHERE_{each.upper()}={value}\n" for each, value in A_VALUE.items() if each in (name, "redis_url")
    )
    with capture_logs() as logs:
        got = read(folder, config=b"", dotenv=lines.encode())

    said = [entry["says"] for entry in logs if entry["event"] == "config.dotenv_names_servers"]
    value = getattr(got, name)
    assert A_VALUE[name] == (value.reveal() if hasattr(value, "reveal") else value)
    assert 1 == len(said)
    assert name in said[0]
    assert str(folder / "config.toml") in said[0]


def test_dotenv_does_not_win_where_programs_servers_and_certificates_are_named_elsewhere(folder):
    lines = "".join(f"DRIVESPHERE_{name.upper()}=/evil\n" for name in sorted(ELSEWHERE))
    config = b'mongod = "/bin/x"\nmongo_url = "mongodb://a"\nca_file = ""\nstripe_ca_file = ""\n'
    with capture_logs() as logs:
        environ = {"DRIVESPHERE_VALKEY": "/bin/y", "DRIVESPHERE_REDIS_URL": "redis://b"}
        got = read(folder, config=config, dotenv=lines.encode(), **environ)

    assert ("/bin/x", "/bin/y", "mongodb://a", "redis://b", "") == (
        got.mongod,
        got.valkey,
        got.mongo_url,
        got.redis_url.reveal(),
        got.ca_file,
    )
    assert ["config.no_keyring"] >= [entry["event"] for entry in logs]


# Addresses

CASES = st.sampled_from([str.lower, str.upper, str.title, str.swapcase, lambda text: text])
LOOKS_AWAY = st.sampled_from(
    [
        ("tlsInsecure", "true"),
        ("tlsInsecure", "yes"),
        ("tlsAllowInvalidCertificates", "true"),
        ("tlsAllowInvalidHostnames", "true"),
        ("tls", "false"),
        ("ssl", "false"),
        ("ssl_cert_reqs", "CERT_NONE"),
        ("ssl_cert_reqs", "none"),
        ("ssl_match_hostname", "false"),
        ("authMechanism", "SCRAM-SHA-1"),
        ("authMechanism", "PLAIN"),
    ]
)
BEFORE = st.sampled_from(["?", "/?", "/?replicaSet=rs0&", "/?replicaSet=rs0;", "/x?a=b&tls=true&", "/?tls=true;"])


def _encoded(text, positions):
    return "".join(f"%{ord(sign):02x}" if at in positions else sign for at, sign in enumerate(text))


@given(LOOKS_AWAY, CASES, CASES, BEFORE, st.sets(st.integers(0, 30), max_size=3))
def test_no_option_of_mongodb_looks_away(option, name_case, value_case, before, encoded):
    name, value = _encoded(name_case(option[0]), encoded), value_case(option[1])

    with refused(Misconfigured, match="may only be"):
        check_mongo_url(f"mongodb://db.firm.example{before}{name}={value}")


@given(
    CASES,
    st.sampled_from(
        [
            "ssl_cert_reqs=none",
            "ssl_cert_reqs=optional",
            "ssl_check_hostname=false",
            "host=evil.example",
            "ssl_check_hostname=0",
            "ssl_ciphers=NULL",
            "ssl_cert_reqs=",
        ]
    ),
)
def test_no_option_of_redis_looks_away(case, option):
    name, _, value = option.partition("=")
    for url in ("rediss://:p@r/0", "redis://127.0.0.1/0"):
        with refused(Misconfigured, match=r"may only be|is no option"):
            check_redis_url(f"{url}?db=1&{case(name)}={case(value)}", ca_named=False)


@pytest.mark.parametrize("source", ["config", "environ"])
@pytest.mark.parametrize("bad", ["mongo_url", "redis_url"])
def test_every_source_of_settings_is_looked_at(folder, source, bad):
    told = {"mongo_url": "mongodb://a/?tls=true", "redis_url": "rediss://b"}
    told[bad] += {"mongo_url": "&TLSINSECURE=1", "redis_url": "?ssl_cert_reqs=NONE"}[bad]
    lines = "".join(f'{name} = "{value}"\n' for name, value in told.items())
    environ = {f"DRIVESPHERE_{name.upper()}": value for name, value in told.items()}

    with refused(Misconfigured, match="certificates are always looked at"):
        read(folder, **({"config": lines.encode()} if source == "config" else environ))
    with refused(Misconfigured, match="certificates are always looked at"):
        read(folder, dotenv="".join(f"{name}='{value}'\n" for name, value in environ.items()).encode())


@pytest.mark.parametrize(
    ("host", "fine"),
    [
        ("127.0.0.1", True), ("[::1]", True), ("LOCALHOST", True), ("localhost.", True), ("", True),
        ("cache.firm.example", False), ("localhost.evil.example", False), ("127.0.0.1.evil", False),
        ("10.0.0.1", False), ("[::]", False), ("127.1", False), ("%65vil", False),
    ],
)  # fmt: skip
def test_redis_without_tls_is_for_this_computer_only_where_certificates_are_named(host, fine):
    url = f"redis://:secret@{host}:6379/0"
    check_redis_url(url, ca_named=False)
    if fine:
        check_redis_url(url, ca_named=True)
        return
    with refused(Misconfigured, match="rediss://") as said:
        check_redis_url(url, ca_named=True)
    assert "secret" not in in_words(said.value)


def test_certificates_may_be_named_in_the_address_of_mongodb(folder):
    url = "mongodb://db/?tls=true&TLSCAFILE=/x.pem"
    with refused(Misconfigured, match="rediss://"):
        read(folder, DRIVESPHERE_MONGO_URL=url, DRIVESPHERE_REDIS_URL="redis://cache.firm.example")


@given(
    st.sampled_from(["anna", "o'brien", "%40nna"]),
    st.text(alphabet="abc:%?/#@!", min_size=6, max_size=12).map(lambda text: f"hush{text}"),
)
def test_a_password_in_an_address_is_refused_and_not_repeated(name, password):
    with refused(Misconfigured, match="shell's history") as said:
        check_mongo_url(f"mongodb://{name}:{password}@db/?replicaSet=rs0".replace("/@", "%2f@"))

    assert "hush" not in in_words(said.value)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_a_sentence(text):
    for look in (check_mongo_url, lambda url: check_redis_url(url, ca_named=True), shown, same_server):
        for url in (text, f"mongodb://{text}", f"redis://{text}"):
            assert sentence(lambda look=look, url=url: look(url)) is not None


SPELLINGS = st.sampled_from(
    [
        (
            "db.firm.example:27017",
            ["DB.Firm.Example:27017", "db.firm.example.:27017", "DB.FIRM.EXAMPLE."],
        ),
        ("localhost:27018", ["LOCALHOST:27018", "localhost.:27018"]),
        ("[::1]:27017", ["[::1]:27017", "[0:0:0:0:0:0:0:1]:27017", "[0::1]", "::1", "[::0001]:27017"]),
        ("[2001:db8::a]:27019", ["[2001:DB8::A]:27019", "[2001:0db8:0:0::a]:27019"]),
        ("127.0.0.1:27017", ["127.0.0.1", "127.0.0.1:27017"]),
    ]
)


@given(SPELLINGS, CASES)
def test_one_server_has_one_spelling(spelling, case):
    plain, others = spelling
    assert {plain} == {same_server(case(each)) for each in [plain, *others]}
