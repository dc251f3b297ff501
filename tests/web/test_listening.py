"""Promise: a port is one server's alone, and whoever can't have it is told why."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from feedsvc.errors import Unavailable
from feedsvc.web.listening import find_address, written


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    """Listen as granian's workers do: others of the same user may share the port, if they ask for it."""
    with closing(socket.socket()) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener


def test_a_port_that_another_server_shares_gladly_is_taken(taken: socket.socket) -> None:
    port = taken.getsockname()[1]
    with pytest.raises(Unavailable, match=f"127.0.0.1:{port}: can't be listened at: .* in use.*--port"):
        find_address("127.0.0.1", port, patience_seconds=0.1)


def test_a_port_that_is_being_given_up_is_waited_for(taken: socket.socket) -> None:
    giving_up = threading.Timer(0.2, taken.close)
    giving_up.start()
    assert find_address("127.0.0.1", taken.getsockname()[1], patience_seconds=60) == "127.0.0.1"
    giving_up.join()


def test_whoever_has_to_wait_is_told_why(taken: socket.socket, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Unavailable):
        find_address("127.0.0.1", taken.getsockname()[1], patience_seconds=0.7)
    assert [record.message for record in caplog.records] == [
        f"127.0.0.1:{taken.getsockname()[1]} is in use by another program; waiting 1 s for it"
    ]


def test_a_name_is_looked_up() -> None:
    assert find_address("localhost", 0) == "127.0.0.1"


def test_an_address_of_another_machine_is_refused_by_name() -> None:
    with pytest.raises(Unavailable, match=r"203\.0\.113\.9:8000: can't be listened at.*--host"):
        find_address("203.0.113.9", 8000)


@pytest.mark.parametrize("host", ["nowhere.invalid", "[::1]", "a..b", "a" * 64])
def test_a_name_that_nobody_has_is_refused_by_name(host: str) -> None:
    with pytest.raises(Unavailable, match=rf"host '{re.escape(host)}': .*--host"):
        find_address(host, 8000)


def test_an_ipv6_address_is_written_with_brackets() -> None:
    assert (written("::1", 80), written("127.0.0.1", 80)) == ("[::1]:80", "127.0.0.1:80")
