"""How tests speak to servers of this machine: no proxy between, and no certificate read.

To read those of all the world, as every client of httpx does by itself, takes a thirtieth of a second of a processor.
"""

from __future__ import annotations

import ssl

#: What a client of httpx, or one of its requests, is made with.
PLAIN = {"trust_env": False, "verify": ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)}
