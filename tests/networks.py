"""Networks between hosts that a test can cut, and heal again: of the kernel where the machine allows it, else proxies.

Between real network namespaces a cut loses every packet without a word, as a broken switch does. A proxy can only end
connections and refuse new ones. Either way a host is always reached by the test itself, to read what it serves.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Protocol

# RFC 2544: addresses for tests of networks, which are nobody's.
NETWORK = "198.18.7"
BEHIND = "198.19"


class Host(Protocol):
    """A host in the network. `prefix` begins each command that runs on it, `address` is where it is read."""

    @property
    def prefix(self) -> tuple[str, ...]: ...

    @property
    def address(self) -> str: ...

    def way_to(self, host: str, port: int) -> tuple[str, int]:
        """Give the address at which it reaches a server of the test's own, as long as it is not cut off."""

    def cut(self) -> None:
        """Cut it off from every server."""

    def heal(self) -> None:
        """Connect it again; does nothing when it is connected."""


class Network(Protocol):
    """The test's own servers listen at `address`."""

    @property
    def address(self) -> str: ...

    @property
    def hosts(self) -> list[Host]: ...


@contextmanager
def connecting(count: int) -> Iterator[Network]:
    """Make a network with so many hosts for the time of a block, the best that this machine allows."""
    with namespaces(count) if namespaces_are_allowed() else proxies(count) as network:
        yield network


def namespaces_are_allowed() -> bool:
    """Say whether network namespaces can be made here."""
    if os.geteuid() != 0 or not shutil.which("ip"):
        return False
    name = f"feedsvc-{secrets.token_hex(3)}"
    if subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False).returncode != 0:
        return False
    try:
        link = ["ip", "link", "add", name[:15], "type", "veth", "peer", "name", "data", "netns", name]
        return subprocess.run(link, capture_output=True, check=False).returncode == 0
    finally:
        _ip("netns", "del", name)


@dataclass
class _Switched:
    """A host in a namespace of its own, with a cable to the switch and another one to the test."""

    name: str
    cable: str
    address: str

    @property
    def prefix(self) -> tuple[str, ...]:
        return ("ip", "netns", "exec", self.name)

    def way_to(self, host: str, port: int) -> tuple[str, int]:
        return host, port

    def cut(self) -> None:
        _ip("link", "set", self.cable, "down")

    def heal(self) -> None:
        _ip("link", "set", self.cable, "up")


@dataclass
class _Net:
    address: str
    hosts: list[Host] = field(default_factory=list)


@contextmanager
def namespaces(count: int) -> Iterator[Network]:
    """Make the network of namespaces, cables and a switch."""
    some = secrets.token_hex(3)
    switch = f"fs{some}"
    net = _Net(f"{NETWORK}.1")
    with ExitStack() as stack:
        _ip("link", "add", switch, "type", "bridge")
        stack.callback(_ip, "link", "del", switch)
        _ip("addr", "add", f"{net.address}/24", "dev", switch)
        _ip("link", "set", switch, "up")
        for number in range(count):
            name, cable, line = f"feedsvc-{some}-{number}", f"fs{some}d{number}", f"fs{some}t{number}"
            _ip("netns", "add", name)
            stack.callback(_ip, "netns", "del", name)
            inside = ("-n", name)
            _ip("link", "add", cable, "type", "veth", "peer", "name", "data", "netns", name)
            _ip("link", "set", cable, "master", switch, "up")
            _ip(*inside, "addr", "add", f"{NETWORK}.{number + 11}/24", "dev", "data")
            _ip("link", "add", line, "type", "veth", "peer", "name", "test", "netns", name)
            _ip("addr", "add", f"{BEHIND}.{number}.1/24", "dev", line)
            _ip("link", "set", line, "up")
            _ip(*inside, "addr", "add", f"{BEHIND}.{number}.2/24", "dev", "test")
            for device in ("lo", "data", "test"):
                _ip(*inside, "link", "set", device, "up")
            net.hosts.append(_Switched(name, cable, f"{BEHIND}.{number}.2"))
        yield net


@dataclass
class _Proxied:
    """A host on the loopback, which reaches servers through proxies of its own."""

    prefix: tuple[str, ...] = ()
    address: str = "127.0.0.1"
    _proxies: list[_Proxy] = field(default_factory=list)

    def way_to(self, host: str, port: int) -> tuple[str, int]:
        proxy = _Proxy(host, port)
        self._proxies.append(proxy)
        return self.address, proxy.port

    def cut(self) -> None:
        for proxy in self._proxies:
            proxy.cut()

    def heal(self) -> None:
        for proxy in self._proxies:
            proxy.heal()

    def close(self) -> None:
        for proxy in self._proxies:
            proxy.close()


@contextmanager
def proxies(count: int) -> Iterator[Network]:
    """Make the network of proxies."""
    hosts = [_Proxied() for _ in range(count)]
    try:
        yield _Net("127.0.0.1", list(hosts))
    finally:
        for host in hosts:
            host.close()


class _Proxy:
    """Carries bytes both ways between whoever connects to it and one server."""

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self._open = True
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """End every connection, and each that is made from now on."""
        self._open = False
        with self._lock:
            for connection in self._connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def heal(self) -> None:
        """Carry again."""
        self._open = True

    def close(self) -> None:
        """End it."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        with near, suppress(OSError), socket.create_connection(self._server) as far:
            with self._lock:
                self._connections |= {near, far}
            back = threading.Thread(target=self._carry, args=(far, near), daemon=True)
            back.start()
            self._carry(near, far)
            back.join()
            with self._lock:
                self._connections -= {near, far}

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while self._open and (data := source.recv(65536)):
                sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)
