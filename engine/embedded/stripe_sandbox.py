"""The payment sandbox as a process of its own."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.domain.shared.errors import DriveSphereError, ServersFailed
from engine.embedded.folder import ServerFolder
from engine.embedded.service import last_line

_RETRY_S = 0.02


@dataclass(frozen=True, slots=True)
class StripeSandbox:
    """See ``service.Service``."""

    folder: ServerFolder
    name: str = "sandbox"
    title: str = "The payment sandbox"

    @property
    def _output(self) -> Path:
        return self.folder / f"{self.name}.out"

    def command(self, port: int) -> Sequence[str]:
        self._output.write_text("", encoding="utf-8")
        self.folder.secret(self.name, "sk_test_")
        options = ["--port", str(port), "--state", str(self.folder / "sandbox.sqlite")]
        key = str(self.folder / f"{self.name}.secret")
        return [*ourselves("engine.sandbox", "sandbox"), *options, "--key-file", key]

    async def ready(self, port: int) -> None:
        """Wait for the line ``ready http://…``."""
        while not self._said(f"ready http://127.0.0.1:{port}"):  # noqa: ASYNC110 -- another process, no event of ours
            await asyncio.sleep(_RETRY_S)

    def _said(self, words: str) -> bool:
        return words in self._output.read_text(encoding="utf-8", errors="replace")

    def explain(self, code: int, output: Path) -> DriveSphereError:
        said = last_line(output) or f"exit status {code}"
        return ServersFailed("servers.no_sandbox", said=said)

    def put_right(self) -> bool:
        """Nothing: what its books hold is not made again."""
        return False

    def endpoint(self, port: int) -> dict[str, str]:
        return {"stripe_url": f"http://127.0.0.1:{port}", "stripe_key": self.folder.secret(self.name, "sk_test_")}


def ourselves(module: str, command: str) -> list[str]:
    """Command line that runs one of our own modules; a frozen program has no ``-m`` but hidden commands instead.

    ``-P`` keeps a folder that happens to hold another ``engine`` from being imported.
    """
    return [sys.executable, command] if getattr(sys, "frozen", False) else [sys.executable, "-P", "-u", "-m", module]
