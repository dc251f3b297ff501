"""Runs the WSGI application under granian until SIGTERM or Ctrl-C.

It knows nothing of what is served; workers build the application themselves, from a dotted name.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import resource
import signal
import threading
import time
from collections.abc import Callable, Mapping
from pkgutil import resolve_name
from typing import Any, Final

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from feedsvc.errors import FeedsvcError
from feedsvc.logs import settings
from feedsvc.web.listening import find_address

log = logging.getLogger(__name__)

FACTORY: Final = "feedsvc.web.wsgi:create"

THREADS: Final = 32
"""How many requests a worker has in hand at once. One would do for feeds, which come from memory; the rest may wait for
the store. From 1 to 32 nothing was measured that they cost."""

SILENCE_SECONDS: Final = 15.0
"""How long a connection may say nothing, between two requests or within the head of one.

A proxy in front must close its idle ones before that, as deploy/nginx does, or now and then it would ask on one that is
just being closed.
"""

# After SIGTERM: how long a worker may finish its requests. Idle kept-alive connections would hold it for ever.
_GRACE_SECONDS: Final = 10
# Connections a worker holds at once, idle ones too: while there are as many, nobody else is let in. So many, and so
# briefly idle, that readers who keep theirs open do not keep others out.
_CONNECTIONS: Final = 8192
# Files that a worker opens besides: the database, documents, logs.
_OTHER_FILES: Final = 256
# Readers wake by the clock: at the full hour thousands connect within the same milliseconds. With 128, half of 8,000
# had to try again after a second; with 1024 or more, none. The kernel cuts this to net.core.somaxconn.
_BACKLOG: Final = 4096


def serve(
    host: str,
    port: int,
    workers: int,
    factory: str = FACTORY,
    *,
    silence_seconds: float = SILENCE_SECONDS,
    log: Mapping[str, Any] | None = None,
) -> None:
    """Serve at this address until a signal, then return; raises SystemExit(1) if a worker cannot start or dies.

    Raises Unavailable when it cannot listen there, or another server does.

    `factory` names a function without arguments that gives the WSGI application; each worker process calls it once.
    One worker for each core is best. `silence_seconds` ends connections that say nothing. Must run in the main thread
    of its process, since it takes over SIGTERM, SIGINT and SIGHUP (a new set of workers, one after the other). Requests
    are not logged: they hold readers' addresses. `log` are the settings of the log, see `logs.settings`.
    """
    server = _Server(
        factory,
        address=find_address(host, port),
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        backlog=_BACKLOG,
        backpressure=_allow_connections(),
        # With HTTP/2 in the offer too, a connection that never says a word is kept for ever (granian 2.8): 2,000 of
        # them and nobody is served. Nobody speaks HTTP/2 without TLS, and TLS is the front server's.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=int(silence_seconds * 1000)),
        workers_kill_timeout=_GRACE_SECONDS,
        # A worker that dies (out of memory, say) is replaced; one that dies again at once ends the service.
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
        log_dictconfig=_logging(log or settings("text", "warning")),
        log_access=False,
    )
    server.serve(target_loader=_load)


class _Server(Granian):  # type: ignore[misc, valid-type]
    """granian, but no SIGHUP takes it down: without this, workers that cannot start would take the place of others."""

    def signal_handler_reload(self, *args: Any, **kwargs: Any) -> None:
        """Begin with new workers if the application can be built; otherwise say why not, and go on."""
        try:
            resolve_name(self.target)()
        except FeedsvcError as error:
            log.error("not reloaded, the workers go on as they are: %s", error)  # noqa: TRY400 - a trace would add nothing
        except Exception:
            log.exception("not reloaded, the workers go on as they are")
        else:
            super().signal_handler_reload(*args, **kwargs)


def _allow_connections() -> int:
    """Raise the limit of open files, in this process and its workers, as far as it may be, and say what fits."""
    wanted = _CONNECTIONS + _OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return _CONNECTIONS
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return max(1, allowed - _OTHER_FILES)


def _load(factory: str) -> Callable[..., Any]:
    """Build the application. granian's own loader would put the working folder on the import path first."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        # Until it is up, a worker has the server's own handler, which would swallow a SIGTERM (granian 2.8).
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        threading.Thread(target=_end_with, args=(parent,), name="parent", daemon=True).start()
    make: Callable[[], Callable[..., Any]] = resolve_name(factory)
    return make()


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    """End this worker when its server was killed: left alone it would hold the port and serve for ever."""
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)


class _WithoutAdvice(logging.Filter):
    """Leaves out that there are more threads than cores: they are there to wait for the store."""

    def filter(self, record: logging.LogRecord) -> bool:
        return "Python threads" not in record.getMessage()


def _logging(log: Mapping[str, Any]) -> dict[str, Any]:
    """Log as all processes do; left alone, granian would write in a form of its own, and to stdout."""
    advice = {"filters": {"advice": {"()": _WithoutAdvice}}}
    return {**log, **advice, "loggers": {**log["loggers"], "_granian": {"filters": ["advice"]}}}
