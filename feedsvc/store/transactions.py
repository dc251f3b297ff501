"""The kinds of transaction, and how another host's work, or the network, can take one back.

Nothing here touches a database.
"""

from __future__ import annotations

from enum import StrEnum

from feedsvc.errors import Conflict, Unavailable

# How long a transaction waits for the locks of others, and for a connection out of the pool.
BUSY_SECONDS = 10


class Kind(StrEnum):
    """What a transaction is for.

    READING sees one state of the store, whatever happens meanwhile. WRITING is durable when it ends. CLAIMING writes
    what may be lost if the database's machine fails: who works on what at this moment.
    """

    READING = "reading"
    WRITING = "writing"
    CLAIMING = "claiming"


class OutOfReach(Unavailable):
    """The store itself is out of reach for now, or too busy."""


class Interrupted(OutOfReach):
    """The database took a transaction back, for another one's sake or with its connection: nothing of it was kept."""


class Overtaken(Conflict):
    """Another host wrote at the same moment what only one can write; looking again shows what it was."""
