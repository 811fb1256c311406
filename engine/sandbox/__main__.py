"""``python -m engine.sandbox --port 0 --state FILE --key-file FILE``; prints ``ready URL`` once it listens."""

from __future__ import annotations

import argparse
import ipaddress
import logging
import os
import re
import socket
import sys
from dataclasses import fields
from pathlib import Path

import uvicorn

from engine.sandbox.api import Keys
from engine.sandbox.stripe_app import build

_KEY = re.compile(r"(?:sk|rk)_test_[A-Za-z0-9]{8,}")


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        host, port = (sockets or [])[0].getsockname()[:2]
        print(f"ready http://{host}:{port}", flush=True)  # noqa: T201  # the promise of this command


def main(arguments: list[str] | None = None) -> None:
    asked = _parser().parse_args(arguments)
    keys = _keys(asked.key_file)
    if not ipaddress.ip_address(asked.host).is_loopback:
        sys.exit("The sandbox listens on this machine only: --host must be a loopback address.")
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    os.umask(0o077)  # the state file names payers
    listening = socket.create_server((asked.host, asked.port))
    host, port = listening.getsockname()[:2]
    app = build(asked.state, keys, f"http://{host}:{port}")
    config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False, lifespan="on")
    _Server(config).run(sockets=[listening])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="engine.sandbox", description="A local Stripe for tests and the demo.")
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--state", type=Path, required=True, help="SQLite file that keeps everything")
    parser.add_argument(
        "--key-file",
        type=Path,
        required=True,
        help="holds one sk_test_ or rk_test_ key, and below it perhaps a restricted rk_test_ key",
    )
    return parser


def _keys(path: Path) -> Keys:
    keys = path.read_text(encoding="utf-8").split()
    if any("_live_" in key for key in keys):
        sys.exit("This is a live Stripe key. The sandbox takes test keys only.")
    if not keys or len(keys) > len(fields(Keys)) or not all(map(_KEY.fullmatch, keys)):
        sys.exit("The key file must hold one key that begins with sk_test_ or rk_test_, and at most one more.")
    if any(not key.startswith("rk_") for key in keys[1:]):
        sys.exit("The second key is the restricted one and begins with rk_test_.")
    return Keys(*keys)


if __name__ == "__main__":
    main()
