"""A real headless Chromium, driven through its debugging pipe (file descriptors 3 and 4, messages ended by NUL)."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from contextlib import asynccontextmanager
from itertools import count

from within import WITHIN_S

_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--remote-debugging-pipe",
)  # fmt: skip


class Page:
    """One tab. Every wait ends with an error after ``WITHIN_S``."""

    def __init__(self, reader, write):
        self._reader, self._write = reader, write
        self._numbers = count(1)
        self._session = None

    async def open(self, url):
        target = await self._ask("Target.createTarget", url="about:blank")
        attached = await self._ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        await self._ask("Page.enable")
        await self._ask("Page.navigate", url=url)

    async def wait_for(self, expression):
        """Until the JavaScript *expression* is true in the page; its value."""
        async with asyncio.timeout(WITHIN_S):
            while not (value := await self.evaluate(expression)):  # noqa: ASYNC110 -- the page announces nothing
                await asyncio.sleep(0.05)
        return value

    async def evaluate(self, expression):
        answer = await self._ask("Runtime.evaluate", expression=expression, returnByValue=True)
        return answer["result"].get("value")

    async def type_into(self, selector, text):
        await self.wait_for(f"!!document.querySelector({json.dumps(selector)})")
        await self.evaluate(f"document.querySelector({json.dumps(selector)}).focus()")
        await self.evaluate(f"document.querySelector({json.dumps(selector)}).select()")
        await self._ask("Input.insertText", text=text)

    async def press_enter(self):
        for kind in ("keyDown", "keyUp"):
            await self._ask(
                "Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", text="\r", windowsVirtualKeyCode=13
            )

    async def _ask(self, method, **parameters):
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self._session and not method.startswith("Target."):
            message["sessionId"] = self._session
        self._write(json.dumps(message).encode() + b"\0")
        async with asyncio.timeout(WITHIN_S):
            while True:
                told = json.loads((await self._reader.readuntil(b"\0"))[:-1])
                if told.get("id") == number:
                    assert "error" not in told, told
                    return told["result"]


@asynccontextmanager
async def chromium(profile):
    """A browser with an empty profile in *profile*; ended with the block."""
    program = shutil.which("chromium")
    assert program, "chromium is not installed; `build/setup.sh test` does it"
    process, ours_in, ours_out = _start(program, profile)
    reader = asyncio.StreamReader(limit=2**24)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(ours_in, "rb"))
    try:
        yield Page(reader, lambda data: os.write(ours_out, data))
    finally:
        os.close(ours_out)
        transport.close()
        process.terminate()
        await asyncio.to_thread(process.wait)


def _start(program, profile):
    """The browser with its ends of two pipes; ours are for reading its answers and writing to it."""
    to_browser, ours_out = os.pipe()
    ours_in, from_browser = os.pipe()
    # It wants exactly the descriptors 3 and 4, whatever numbers ours have.
    moved = (
        "import fcntl, os, sys; "
        f"high = [fcntl.fcntl(each, fcntl.F_DUPFD, 10) for each in ({to_browser}, {from_browser})]; "
        "os.dup2(high[0], 3); os.dup2(high[1], 4); os.execv(sys.argv[1], sys.argv[1:])"
    )
    process = subprocess.Popen(  # noqa: S603 -- the browser of this machine
        [sys.executable, "-c", moved, program, *_FLAGS, f"--user-data-dir={profile}", "about:blank"],
        pass_fds=(to_browser, from_browser),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(to_browser)
    os.close(from_browser)
    return process, ours_in, ours_out
