"""What is kept of passwords, PINs and tokens: never themselves."""

import hashlib
import secrets
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

hasher = PasswordHasher()
#: So many are worked out at one time in a process: each takes 64 MB, and a plant's small machine has to live on.
MOST_AT_ONCE = 4
_room = BoundedSemaphore(MOST_AT_ONCE)


def token_hash(token: str) -> str:
    """What is kept of a random token."""
    return hashlib.sha256(token.encode()).hexdigest()


def kept_of(secret: str) -> str:
    """What is kept of a password or PIN: an argon2 hash of its own salt."""
    with _room:
        return hasher.hash(secret)


def matches(kept: str, given: str) -> bool:
    """Whether a password or PIN is the one that was hashed."""
    try:
        with _room:
            return hasher.verify(kept, given[:200])
    except (VerificationError, InvalidHashError):
        return False


@cache
def _decoy() -> str:
    return hasher.hash(secrets.token_hex(16))


def matches_nobody(given: str) -> None:
    """The same work for somebody who is not known, so that the time it takes tells nothing."""
    matches(_decoy(), given)
