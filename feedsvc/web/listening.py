"""Decides whether a server may listen at an address, and at which number of a host that has a name.

It serves nothing, and keeps no socket open.
"""

from __future__ import annotations

import errno
import logging
import os
import socket
import time
from typing import Final

from feedsvc.errors import Unavailable

PATIENCE_SECONDS: Final = 15.0
"""How long a port may still be another's: workers of a server that was killed give it up within a tenth of a second as
a rule, and end after ten seconds whatever happens."""

log = logging.getLogger(__name__)

_LOOK_EVERY: Final = 0.05
_NOT_WORTH_A_WORD: Final = 0.5
_ANOTHER: Final = "Choose another one: --port, or [web] port"
_OWN: Final = 'Choose one of this machine\'s: --host, or [web] host; "0.0.0.0" is every one'
_FIXES: Final = {
    errno.EADDRINUSE: _ANOTHER,
    errno.EACCES: f"Ports below 1024 are root's. {_ANOTHER}",
    errno.EADDRNOTAVAIL: _OWN,
}


def find_address(host: str, port: int, *, patience_seconds: float = PATIENCE_SECONDS) -> str:
    """Give the IP address to listen at for a host name or an address; of a name with several, an IPv4 one first.

    Raises Unavailable when nobody may listen there, or somebody does: granian's workers share a port among themselves,
    and so would two services of one user, each of them answering half of the readers.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        # What no name can be is a UnicodeError: empty labels, long ones.
        reason = getattr(error, "strerror", None) or "is no name of a host"
        raise Unavailable(f"host '{host}'", reason, _OWN) from error
    family, _, _, _, address = min(found, key=lambda one: one[0] != socket.AF_INET)
    began = time.monotonic()
    told = False
    while (failure := _try(family, address)) is not None:
        waited = time.monotonic() - began
        if failure.errno != errno.EADDRINUSE or waited >= patience_seconds:
            reason = f"can't be listened at: {os.strerror(failure.errno or 0)}"
            raise Unavailable(written(host, port), reason, _FIXES.get(failure.errno or 0, "")) from failure
        if waited >= _NOT_WORTH_A_WORD and not told:
            told = True
            log.warning("%s is in use by another program; waiting %.0f s for it", written(host, port), patience_seconds)
        time.sleep(_LOOK_EVERY)
    return str(address[0])


def written(host: str, port: int) -> str:
    """Write a host, which may be an IPv6 address, and a port as they stand in a URL."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _try(family: int, address: tuple[object, ...]) -> OSError | None:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # Connections that ended lately hold nobody up; without SO_REUSEPORT, whoever listens does.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            return error
    return None
