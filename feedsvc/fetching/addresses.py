"""Finds the addresses of a host and says which of them may be connected to.

It opens no connection: what was judged here is what `transfer` connects to, so a name can't change its mind between.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
from collections.abc import Callable
from typing import TypeAlias

from feedsvc.errors import Forbidden, Unavailable

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
# The hosts, by name in lower case, that may be at private addresses; True for every host.
PrivateHosts: TypeAlias = frozenset[str] | bool
Resolve: TypeAlias = Callable[[str, float], tuple[Address, ...]]

_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
# NAT64 (RFC 6052) carries an IPv4 address in the last 32 bits: a host without IPv4 reaches the world through it.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# Not all are known to Python 3.11's `is_global`: relays of 6to4 (RFC 7526), documentation (RFC 9637), benchmarks.
_NEVER = tuple(
    ipaddress.ip_network(network) for network in ("192.88.99.0/24", "3fff::/20", "2001:2::/48", "2001:db8::/32")
)


def resolve(host: str, timeout: float) -> tuple[Address, ...]:
    """The addresses of a host in the system's order of preference. Raises Unavailable after `timeout` seconds.

    The system's resolver has no time limit of its own, so it is asked from a thread that may be left behind.
    """
    answers: queue.SimpleQueue[list[str] | OSError | UnicodeError] = queue.SimpleQueue()
    threading.Thread(target=_ask, args=(host, answers), daemon=True).start()
    try:
        answer = answers.get(timeout=max(timeout, 0))
    except queue.Empty:
        raise Unavailable(f"host {host}", "its name could not be resolved in time", "Try again later.") from None
    if isinstance(answer, Exception):
        raise Unavailable(f"host {host}", f"its name can't be resolved ({answer})", "Check the address.")
    return tuple(dict.fromkeys(ipaddress.ip_address(text.split("%")[0]) for text in answer))


def _ask(host: str, answers: queue.SimpleQueue[list[str] | OSError | UnicodeError]) -> None:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        answers.put(error)
    else:
        answers.put([str(entry[4][0]) for entry in found])


def check(url: str, host: str, addresses: tuple[Address, ...], allow_private_hosts: PrivateHosts) -> None:
    """Raise Forbidden unless every address of a host is public, or the host is allowed by name.

    One private address among public ones is enough to refuse: nobody honest has such a name.
    """
    if allow_private_hosts is True or (allow_private_hosts and host.lower().rstrip(".") in allow_private_hosts):
        return
    for address in addresses:
        if not is_public(address):
            reason = f"the host {host} is at {address}, which is not a public address"
            raise Forbidden(url, reason, "Use a public address, or allow this host by name.")


def is_public(address: Address) -> bool:
    """Whether an address is one of the public internet: no private, loopback, link-local, multicast or reserved one.

    Addresses of IPv6 that carry one of IPv4 (mapped, NAT64) are judged by that; tunnels (6to4, Teredo) are refused.
    """
    if isinstance(address, ipaddress.IPv6Address):
        return _is_public_v6(address)
    return address.is_global and not address.is_multicast and not _is_listed(address)


def _is_public_v6(address: ipaddress.IPv6Address) -> bool:
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    if address in _NAT64:
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    tunnel = address.sixtofour is not None or address.teredo is not None
    return address in _GLOBAL_V6 and address.is_global and not tunnel and not _is_listed(address)


def _is_listed(address: Address) -> bool:
    return any(address.version == network.version and address in network for network in _NEVER)
