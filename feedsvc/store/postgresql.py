"""What PostgreSQL needs of a connection, and what its errors mean.

Nothing here knows what is kept in the store.

Isolation. Reading is REPEATABLE READ, READ ONLY: an edition and the count of changes that it is made of come out of one
state of the store, and a transaction that only reads is never taken back for it. Writing is READ COMMITTED: a statement
that waited for another host's row sees what that host made of it, so that counters such as `feeds.wanted` lose nothing.
Under REPEATABLE READ or SERIALIZABLE the second of two writers of one row is taken back instead, and every article
touches the same few feeds. What a writer decides after reading is protected by rows that only one can write (revisions,
identities, slugs), by compare-and-set, or by the locks of `feedsvc.store.locks`.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DataError, DBAPIError

from feedsvc.errors import FeedsvcError, Invalid, Unavailable
from feedsvc.store.transactions import BUSY_SECONDS, Interrupted, Kind, OutOfReach, Overtaken

# On this channel a host tells the others that something was committed.
CHANNEL: Final = "feedsvc"

# For each process: its threads, and some for whatever comes at once. The rest waits, BUSY_SECONDS at the most.
_POOL: Final = {"pool_size": 5, "max_overflow": 5, "pool_timeout": BUSY_SECONDS}
# A connection that was cut without a word is noticed within some seconds, by whoever waits on it and by the server.
_CLIENT: Final = {
    "connect_timeout": 5,
    "keepalives_idle": 3,
    "keepalives_interval": 1,
    "keepalives_count": 3,
    "tcp_user_timeout": 6_000,
    "application_name": "feedsvc",
}
_SERVER: Final = {
    "statement_timeout": "30s",
    "lock_timeout": f"{BUSY_SECONDS}s",
    # A process that stands still in the middle of a transaction holds up the others no longer than this.
    "idle_in_transaction_session_timeout": "10s",
    "tcp_keepalives_idle": "3",
    "tcp_keepalives_interval": "1",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "6s",
}
_OPTIONS: Final[dict[Kind, dict[str, Any]]] = {
    Kind.READING: {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
    Kind.WRITING: {"isolation_level": "READ COMMITTED", "postgresql_readonly": False},
    Kind.CLAIMING: {
        "isolation_level": "READ COMMITTED",
        "postgresql_readonly": False,
        "feedsvc_begin": ("SET LOCAL synchronous_commit TO OFF",),
    },
}
_ASK_LATER: Final = "Nothing was changed; try again when the database answers"
_SHORTEN: Final = "Shorten or leave out what it names"
# By SQLSTATE or its class (PostgreSQL, appendix A): what it means, and what to do about it.
_MEANINGS: Final[dict[str, tuple[type[FeedsvcError], str]]] = {
    "40001": (Interrupted, _ASK_LATER),  # serialization_failure
    "40P01": (Interrupted, _ASK_LATER),  # deadlock_detected
    "55P03": (Interrupted, _ASK_LATER),  # lock_not_available
    "23505": (Overtaken, "Another process was quicker; look at what is there now"),  # unique_violation
    "57014": (OutOfReach, "The database took too long. Nothing was changed; try again later"),  # query_canceled
    "25006": (OutOfReach, "Name the database that takes writes, not its copy"),  # read_only_sql_transaction
    "08": (OutOfReach, _ASK_LATER),  # connection exception
    "53": (OutOfReach, _ASK_LATER),  # insufficient resources
    "57": (OutOfReach, _ASK_LATER),  # operator intervention: it is about to end, or only begins
    "22": (Invalid, _SHORTEN),  # data exception: characters that it can't hold
    "54": (Invalid, _SHORTEN),  # program limit exceeded: too long for an index
}


def make_engine(url: URL) -> Engine:
    """Make the engine of a PostgreSQL database; what the URL says of a connection stands above what is set here."""
    said = {name: value for name, value in _CLIENT.items() if name not in url.query}
    settings = " ".join(f"-c {name}={value}" for name, value in _SERVER.items())
    theirs = url.query.get("options", "")
    engine = create_engine(
        url.difference_update_query(["options"]),
        connect_args={**said, "options": f"{settings} {theirs if isinstance(theirs, str) else ' '.join(theirs)}"},
        isolation_level="READ COMMITTED",
        # Asks a connection whether it still lives before each use, so that a restarted database costs nobody an error.
        pool_pre_ping=True,
        use_native_hstore=False,
        hide_parameters=True,
        **_POOL,
    )
    event.listen(engine, "begin", _begin)
    return engine


def describe(url: URL) -> str:
    """Name the database for messages: without its user, and without what else a URL may hold."""
    host = url.host or url.query.get("host") or "localhost"
    port = f":{url.port}" if url.port else ""
    return f"postgresql://{host if isinstance(host, str) else ','.join(host)}{port}/{url.database or ''}"


def options(kind: Kind) -> dict[str, Any]:
    """Give the options of a connection that is to begin such a transaction."""
    return _OPTIONS[kind]


def be_patient(connection: Connection) -> None:
    """Let a transaction take as long as it takes, and wait for others as long as they do."""
    for setting in ("statement_timeout", "lock_timeout"):
        connection.exec_driver_sql(f"SET LOCAL {setting} = 0")


def notify(connection: Connection) -> None:
    """Tell the other hosts that something was committed, after the fact.

    Within the transaction it would make all commits wait for each other, as PostgreSQL keeps notifications in order. A
    process that dies before it tells takes nothing away: the others look by themselves each second.
    """
    driver: Any = connection.connection.driver_connection
    with suppress(connection.dialect.loaded_dbapi.Error):
        driver.autocommit = True
        driver.execute(f"NOTIFY {CHANNEL}")
        driver.autocommit = False


def meaning(store: str, error: DBAPIError, *, committing: bool, connected: bool) -> FeedsvcError | None:
    """Say what an error of the database means to a caller; None for one that only a fault of ours explains.

    `committing` says whether the commit was under way, `connected` whether there was a connection at all.
    """
    reason = _words(error)
    if error.connection_invalidated and committing:
        return OutOfReach(store, reason, "It is not known whether the change was kept: look before you repeat it")
    if error.connection_invalidated and connected:
        return Interrupted(store, reason, _ASK_LATER)
    if not connected:
        return OutOfReach(store, reason, _ASK_LATER)
    # The driver refuses some data by itself, before the database could.
    state: str = getattr(error.orig, "sqlstate", None) or ("22" if isinstance(error, DataError) else "")
    found = _MEANINGS.get(state) or _MEANINGS.get(state[:2])
    if found is None:
        return None
    kind, fix = found
    # Whoever sent something hears what is wrong with it, not where the store is: strangers send things too.
    told = (store, reason) if issubclass(kind, Unavailable) else ("what was sent", f"can't be kept: {reason}")
    return kind(*told, fix)


def _words(error: DBAPIError) -> str:
    # The database's own words, without the details: those can hold what was to be kept.
    diagnosis = getattr(error.orig, "diag", None)
    primary: str | None = getattr(diagnosis, "message_primary", None)
    return primary or " ".join(str(error.orig).split())


def _begin(connection: Connection) -> None:
    for statement in connection.get_execution_options().get("feedsvc_begin", ()):
        connection.exec_driver_sql(statement)
