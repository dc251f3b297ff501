"""Runs the WSGI application under granian until SIGTERM or Ctrl-C.

It knows nothing of what is served; workers build the application themselves, from a dotted name.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from pkgutil import resolve_name
from typing import Any, Final

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

FACTORY: Final = "feedsvc.web.wsgi:create"

# After SIGTERM: how long a worker may finish its requests. Idle kept-alive connections would hold it for ever.
_GRACE_SECONDS: Final = 10
THREADS: Final = 32
"""How many requests a worker has in hand at once. One does for feeds, which come from memory; the rest may wait for
the store. More threads than needed cost nothing that could be measured."""
# Connections a worker holds at once. granian counts idle ones too, so this is no limit on work, only on sockets.
_CONNECTIONS: Final = 1024


def serve(host: str, port: int, workers: int, factory: str = FACTORY) -> None:
    """Serve at this address until a signal, then return; raises SystemExit(1) if a worker cannot start or dies.

    `factory` names a function without arguments that gives the WSGI application; each worker process calls it once.
    Must run in the main thread of its process, since it takes over SIGTERM, SIGINT and SIGHUP (a new set of workers).
    Requests are not logged: they hold readers' addresses.
    """
    server = Granian(
        factory,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        backpressure=_CONNECTIONS,
        workers_kill_timeout=_GRACE_SECONDS,
        # A worker that dies (out of memory, say) is replaced; one that dies again at once ends the service.
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
        log_dictconfig=_logging(),
        log_access=False,
    )
    server.serve(target_loader=_load)


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


def _logging() -> dict[str, Any]:
    """Send all that is logged to stderr; granian's default is stdout."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"plain": {"format": "%(levelname)s %(name)s: %(message)s"}},
        "handlers": {"errors": {"class": "logging.StreamHandler", "formatter": "plain", "stream": "ext://sys.stderr"}},
        "loggers": {"_granian": {"handlers": ["errors"], "propagate": False}},
        "root": {"handlers": ["errors"], "level": "WARNING"},
    }
