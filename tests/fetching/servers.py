"""Small servers on loopback that answer as they are told, well or badly."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Handler = Callable[[socket.socket, str], None]


@dataclass
class Server:
    """One server: its port, and the requests it received, as text."""

    port: int
    requests: list[str] = field(default_factory=list)

    def url(self, path: str = "/", host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"


@contextlib.contextmanager
def serve(handler: Handler, context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Serve until the block is left. The handler gets the connection and the text of the request."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(listener.getsockname()[1])
    thread = threading.Thread(target=_accept, args=(listener, handler, server, context), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=30)


def _accept(listener: socket.socket, handler: Handler, server: Server, context: ssl.SSLContext | None) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection, contextlib.suppress(OSError):
            _answer(connection, handler, server, context)


def _answer(connection: socket.socket, handler: Handler, server: Server, context: ssl.SSLContext | None) -> None:
    channel = context.wrap_socket(connection, server_side=True) if context else connection
    with channel:
        request = b""
        while b"\r\n\r\n" not in request:
            piece = channel.recv(65536)
            if not piece:
                return
            request += piece
        server.requests.append(request.decode("latin-1"))
        handler(channel, server.requests[-1])


def answer(body: bytes = b"", *fields: str, status: str = "200 OK") -> Handler:
    """A handler that gives the same whole answer to everything."""
    head = "".join(f"{field}\r\n" for field in (*fields, f"Content-Length: {len(body)}"))
    data = f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + body
    return lambda connection, _request: connection.sendall(data)


def path_of(request: str) -> str:
    return request.split(" ", 2)[1]
