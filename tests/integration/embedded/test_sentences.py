"""What can be wrong with a folder, a disk, a processor or a program, and what the person is told."""

from __future__ import annotations

import shutil
import subprocess
import time
from hashlib import sha256
from pathlib import Path

import pytest
from refusing import refused

from engine.domain.shared.errors import Misconfigured, Unavailable
from engine.embedded import servers
from engine.embedded.binaries import check_processor, find_mongod, find_valkey
from engine.embedded.folder import ServerFolder
from engine.embedded.mongod import Mongod
from engine.embedded.processes import Register, choose_port, port_is_free
from engine.embedded.servers import open_servers
from engine.embedded.service import Running
from engine.embedded.stripe_sandbox import StripeSandbox
from engine.words.errors import sentence

pytestmark = pytest.mark.asyncio


async def refusal(folder: Path, kind=Misconfigured, **options) -> str:
    with pytest.raises(kind) as refused:
        async with open_servers(folder, sandbox=False, **options):
            pytest.fail("the servers are up")
    return sentence(refused.value)


@pytest.fixture(scope="module")
def left_folder(shared, none_left):
    """A folder with data, its servers ended."""
    assert shared.endpoints
    running = shared.processes()
    shared.keeper().terminate()
    assert none_left(running)
    return shared.folder


@pytest.fixture
def once_open(left_folder, tmp_path):
    """A folder of one's own to break."""
    return shutil.copytree(left_folder, tmp_path, dirs_exist_ok=True)


async def test_a_file_in_the_folders_place(tmp_path):
    (tmp_path / "data").write_text("no folder")

    told = await refusal(tmp_path / "data")

    assert told == (
        f"The data folder {tmp_path / 'data'} cannot be written to (Not a directory). "
        "Give your account the right to write there, or choose another folder with --data."
    )


async def test_a_folder_that_another_process_holds(tmp_path, monkeypatch):
    monkeypatch.setattr(servers, "_JOIN_S", 0.5)
    folder = ServerFolder(tmp_path)
    folder.prepare()

    with folder.lock() as alone:
        assert alone
        told = await refusal(tmp_path)

    assert "is held by another process that does not answer. End that process, or choose another folder" in told


async def test_a_keeper_that_does_not_answer(open_window, tmp_path, monkeypatch):
    monkeypatch.setattr(servers, "_HELLO_S", 0.5)
    window = open_window(tmp_path)
    assert window.endpoints
    keeper = window.keeper()

    keeper.suspend()
    told = await refusal(tmp_path)
    keeper.resume()

    assert f"is held by another process (number {keeper.pid}) that does not answer" in told


@pytest.fixture
def foreign_mongod(once_open):
    """One of somebody else's that serves our files."""
    files = str(ServerFolder(once_open) / "mongod")
    command = [find_mongod(), "--dbpath", files, "--port", str(choose_port(0, set())), "--nounixsocket"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 -- ours
        assert any("Waiting for connections" in line for line in process.stdout)
        yield
        process.terminate()
        process.communicate()


@pytest.mark.usefixtures("foreign_mongod")
async def test_database_files_that_another_mongod_uses(once_open):
    told = await refusal(once_open)

    assert told.startswith(f"Another program is using the database files in {once_open}. End it, or choose")


@pytest.mark.parametrize(
    ("file", "quoted"),
    [
        ("WiredTiger.wt", "WiredTiger.wt"),
        ("_mdb_catalog.wt", "data corruption"),
    ],
)
async def test_broken_database_files(once_open, file, quoted):
    (once_open / "servers" / "mongod" / file).write_bytes(b"broken" * 10_000)

    told = await refusal(once_open)

    assert told.startswith(f"The database in {once_open} cannot be opened. Restore the folder from a backup")
    assert quoted in told.split("(mongod: ")[1]


@pytest.mark.parametrize(
    ("files", "broken"),
    [
        ("*.manifest", b"broken"),
        # Of a program to come, as one that is newer than the one on PATH now has left it.
        ("*.base.rdb", b"REDIS9999" + bytes(100)),
        ("*.base.rdb", b"VALKEY999" + bytes(100)),
        ("*.incr.aof", b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$900\r\ncut off"),
        ("*.incr.aof", b"no command at all\r\n"),
    ],
)
async def test_lease_data_that_cannot_be_read_begin_anew(once_open, files, broken):
    parts = list((once_open / "servers" / "valkey" / "appendonlydir").glob(files))
    for part in parts:
        part.write_bytes(broken)

    async with open_servers(once_open, sandbox=False) as endpoints:
        assert endpoints.redis_url

    assert parts
    kept = once_open / "servers" / "valkey-unread" / "appendonlydir"
    cut_off = files == "*.incr.aof" and b"cut off" in broken
    assert cut_off or broken in [part.read_bytes() for part in kept.iterdir()]


async def test_a_lease_server_that_cannot_start_for_another_reason(once_open, tmp_path):
    script = tmp_path / "valkey-server"
    script.write_text("#!/bin/sh\necho error while loading shared libraries >&2; exit 127\n")
    script.chmod(0o755)
    before = sorted((once_open / "servers" / "valkey").rglob("*"))

    told = await refusal(once_open, valkey=str(script))

    assert told.startswith(f"The lease server cannot start in {once_open}. It keeps nothing of lasting value: move")
    assert before == sorted((once_open / "servers" / "valkey").rglob("*"))


async def test_a_lost_password(once_open):
    (once_open / "servers" / "mongod.secret").unlink()

    told = await refusal(once_open)

    assert told.startswith(f"The database in {once_open} does not know its own password")


async def test_data_of_another_version(tmp_path):
    mongod = Mongod(ServerFolder(tmp_path))
    mongod.folder.prepare()
    (mongod.folder / "mongod.log").write_text('{"s": "F", "msg": "Wrong version", "attr": {"error": "too new"}}')

    told = mongod.explain(62, tmp_path / "mongod.out")

    assert sentence(told) == (
        f"The data in {tmp_path} was written by another version of MongoDB. Name the mongod that wrote it in the "
        "settings (mongod), or choose another folder with --data. (mongod: Wrong version: too new)"
    )


@pytest.mark.parametrize("program", ["mongod", "valkey"])
async def test_a_program_that_is_not_where_the_settings_say(tmp_path, program):
    told = await refusal(tmp_path, **{program: "/nowhere/server"})

    assert told == (
        f"The setting {program} names /nowhere/server, but no program is there. Correct or remove the setting."
    )


async def test_a_program_that_cannot_run(tmp_path):
    script = tmp_path / "mongod"
    script.write_text("#!/bin/sh\necho error while loading shared libraries >&2; exit 127\n")
    script.chmod(0o755)

    told = await refusal(tmp_path / "data", mongod=str(script))

    assert told == (
        f"The database program {script} cannot run on this computer (error while loading shared libraries). "
        "Run the set-up again (`make setup`), or name another program in the settings (mongod)."
    )


@pytest.mark.parametrize(("version", "taken"), [("5.0.26", False), ("6.0.5", True), ("8.0.1", True)])
async def test_a_mongod_on_path_is_taken_if_it_is_new_enough(tmp_path, version, taken):
    script = tmp_path / "mongod"
    script.write_text(f"#!/bin/sh\necho 'db version v{version}'\n")
    script.chmod(0o755)

    assert (find_mongod(path=str(tmp_path)) == script) is taken


@pytest.mark.parametrize(
    ("name", "told", "taken"),
    [
        ("redis-server", "Redis server v=6.2.14 sha=00000000:0 malloc=libc bits=64", False),
        ("redis-server", "Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64", True),
        ("valkey-server", "Valkey server v=8.1.3 sha=00000000:1 malloc=libc bits=64", True),
    ],
)
async def test_a_redis_on_path_is_taken_if_it_is_new_enough(tmp_path, name, told, taken):
    script = tmp_path / name
    script.write_text(f"#!/bin/sh\necho '{told}'\n")
    script.chmod(0o755)

    assert (find_valkey(path=str(tmp_path)) == script) is taken


async def test_no_program_at_all(monkeypatch, tmp_path):
    monkeypatch.setattr("engine.embedded.binaries._folders", lambda _: [])

    with refused(Misconfigured, match=r"^No MongoDB 6.0 or later was found .*`make setup`.* \(mongod\)\."):
        find_mongod(path=str(tmp_path))
    with refused(Misconfigured, match=r"^No Valkey or Redis 7.0 or later was found .* \(valkey\)\."):
        find_valkey(path=str(tmp_path))


async def test_a_disk_that_is_nearly_full(tmp_path):
    with refused(Misconfigured, match=r"^Only 299 MB are free on the disk of .*; the servers need 300 MB\."):
        ServerFolder(tmp_path).check_space(free=lambda _: 299_999_999)

    ServerFolder(tmp_path).check_space(free=lambda _: 300_000_000)


async def test_no_database_is_started_on_a_full_disk(tmp_path, monkeypatch):
    monkeypatch.setattr("engine.embedded.folder._free", lambda _: 0)

    with refused(Misconfigured, match=r"^Only 0 MB are free"):
        Mongod(ServerFolder(tmp_path)).command(port=20_000)


@pytest.mark.parametrize(
    ("flags", "machine", "fine"),
    [
        ("fpu sse4_2", "x86_64", False),
        ("fpu avx2x", "x86_64", False),
        ("fpu avx sse4_2", "x86_64", True),
        ("fp asimd", "aarch64", True),
    ],
)
async def test_a_processor_without_avx(tmp_path, flags, machine, fine):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(f"processor\t: 0\nflags\t\t: {flags}\nbugs\t\t:\n")

    if fine:
        check_processor(cpuinfo, machine)
    else:
        with refused(Misconfigured, match="no AVX instructions"):
            check_processor(cpuinfo, machine)


async def test_a_sandbox_that_does_not_start(tmp_path):
    class Broken(StripeSandbox):
        def command(self, port):
            super().command(port)
            return ["sh", "-c", "echo no module named uvicorn; exit 1"]

    folder = ServerFolder(tmp_path)
    folder.prepare()
    running = Running(Broken(folder), folder, Register(folder), set())

    with refused(Unavailable, match=r"The payment sandbox did not start \(no module named uvicorn\)"):
        await running.start()


async def test_a_copy_of_the_folder_that_takes_the_port_in_between_is_not_taken_for_ours(left_folder, tmp_path):
    """Copies of one folder prefer one port, and know one another's passwords."""
    ours, other = (ServerFolder(shutil.copytree(left_folder, tmp_path / name)) for name in ("ours", "other"))
    others = []

    class Late(Mongod):
        def command(self, port):
            if not others:
                others.append((port, subprocess.Popen(Mongod(other).command(port), stdout=subprocess.DEVNULL)))  # noqa: S603
                while port_is_free(port):
                    time.sleep(0.01)  # another process tells nobody
            return super().command(port)

    running = Running(Late(ours), ours, Register(ours), set())
    await running.start()
    ((port, process),) = others
    try:
        assert f":{port}/" not in running.endpoint["mongo_url"]
    finally:
        await running.stop()
        process.terminate()
        process.wait()


@pytest.mark.parametrize("program", ["mongod", "valkey"])
async def test_a_program_that_prints_its_settings_and_ends_does_not_have_its_secrets_told(tmp_path, program):
    """`DRIVESPHERE_VALKEY=/bin/cat`, and a server too old for a line of the file, quote what they were given."""
    folder = ServerFolder(tmp_path / "data")
    folder.prepare()
    secrets = [folder.secret(name) for name in ("mongod", "valkey", "valkey-desk")]
    script = tmp_path / program
    hashes = [sha256(each.encode()).hexdigest() for each in secrets]
    said = " ".join([*secrets, *hashes])
    script.write_text(f"#!/bin/sh\necho requirepass {said} >&2\nexit 1\n")
    script.chmod(0o755)

    told = await refusal(folder.data_dir, **{program: str(script)})

    assert "requirepass ••• •••" in told
    for each in [*secrets, *hashes]:
        assert each not in told
        assert each not in folder.keeper_log.read_text()
