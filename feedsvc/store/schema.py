"""The store's schema: is it this release's, and bringing it there.

The steps themselves are in migrations/versions, one transaction each, and are only ever added to.
"""

from __future__ import annotations

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from feedsvc.errors import Conflict
from feedsvc.store import locks, postgresql
from feedsvc.store.engine import Store


def upgrade(store: Store) -> tuple[str | None, str]:
    """Bring the store to this release's schema; give the schema versions before and after.

    A store that does not exist yet is created. Raises Unavailable when the database is out of reach.
    """
    before = version(store)
    if before == newest():
        return before, newest()
    with store.writing() as connection:
        # Of several hosts that start at once, the first migrates; for the others nothing is left to do.
        if store.shared:
            postgresql.be_patient(connection)
        locks.hold(connection, locks.Subject.SCHEMA)
        settings = _settings()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")
    return before, newest()


def require_current(store: Store) -> None:
    """Raise Conflict, with the advice what to run, unless the store's schema is this release's."""
    found = version(store)
    if found is None:
        raise Conflict("store", "has no tables yet", "Run: feedsvc db upgrade")
    if found == newest():
        return
    known = {script.revision for script in ScriptDirectory.from_config(_settings()).walk_revisions()}
    if found in known:
        raise Conflict("store", f"has schema {found}, this release needs {newest()}", "Run: feedsvc db upgrade")
    raise Conflict(
        "store", f"has schema {found}, made by a newer release", "Install that release, or restore an older backup"
    )


def version(store: Store) -> str | None:
    """Give the store's schema version, None for a store without tables."""
    with store.reading() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """Give the schema version that this release needs."""
    head = ScriptDirectory.from_config(_settings()).get_current_head()
    if head is None:
        raise RuntimeError("this installation has no migrations: install feedsvc again")
    return head


def _settings() -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(files("feedsvc.store") / "migrations"))
    settings.set_main_option("path_separator", "os")
    return settings
