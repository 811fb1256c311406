"""Ed25519 over wishes (RFC 8032): made by administrators' engines, signed by renters', compared by carriers'."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

#: Of either half of a key.
KEY_BYTES = 32


def new_key() -> bytes:
    """The private half of a new key."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def public_half(private: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def sign(private: bytes, message: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(private).sign(message)


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether whoever holds the private half of *public* signed exactly *message*."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
