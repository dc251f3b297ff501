"""Keeps passwords as what they can't be read from: Argon2id hashes (RFC 9106), and says which passwords will do.

It knows no account, and remembers nothing.
"""

from __future__ import annotations

import threading
import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from feedsvc.errors import Invalid, Unavailable

SHORTEST: Final = 12
LONGEST: Final = 500
"""Characters. A long password is hashed like a short one; a megabyte of it would only be work."""

HASHER: Final = PasswordHasher()
"""argon2-cffi's defaults: the second recommendation of RFC 9106 section 4, for hosts that are short of memory."""

# Verified when there is no such account, so that the answer takes as long as a wrong password's. Of nobody's password.
NOBODYS: Final = "$argon2id$v=19$m=65536,t=3,p=4$2C92YGtMTNn5VY+yLh2XLA$Q+ILLtEioPktaFWlUZATAgZvdi2m0+xMoaubdL8G9zE"

# Each verification takes 64 MB and some tens of milliseconds of every core: a flood of them must not take the threads
# that serve feeds.
_AT_ONCE: Final = 2
_PLACES: Final = threading.BoundedSemaphore(_AT_ONCE)


def hash_password(password: str) -> str:
    """Hash a new password. Raises Invalid when it is too short, too long, or holds what can't be typed."""
    if not password.isprintable():
        raise Invalid("password", "holds a character that can't be seen", "Use letters, digits, signs and spaces")
    if len(password) < SHORTEST:
        raise Invalid("password", f"has {len(password)} characters", f"Use at least {SHORTEST}; a sentence is good")
    if len(password) > LONGEST:
        raise Invalid("password", f"has {len(password):,} characters", f"Use at most {LONGEST}")
    return HASHER.hash(_normal(password))


def verify(kept: str | None, password: str) -> bool:
    """Say whether a password is the one of a hash; without a hash it takes as long, and is never.

    Raises Unavailable when too many are being verified at this moment.
    """
    if not _PLACES.acquire(blocking=False):
        raise Unavailable("signing in", "is busy", "Try again in a moment")
    try:
        HASHER.verify(kept or NOBODYS, _normal(password[: LONGEST + 1]))
    except (VerificationError, InvalidHashError):
        return False
    finally:
        _PLACES.release()
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Say whether a hash was made with other parameters than today's."""
    return HASHER.check_needs_rehash(kept)


def rehash(password: str) -> str:
    """Hash a password that was accepted under earlier rules."""
    return HASHER.hash(_normal(password))


def _normal(password: str) -> bytes:
    # NIST SP 800-63B section 3.1.1.2: one form, as keyboards and systems type the same letter differently.
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
