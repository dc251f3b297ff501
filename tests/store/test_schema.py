from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from feedsvc.errors import Conflict, Invalid, Unavailable
from feedsvc.store import open_store, schema
from feedsvc.store.tables import metadata


def test_the_migrations_make_exactly_the_tables_that_the_code_speaks_of(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/new/store.db")
    assert schema.upgrade(store) == (None, schema.newest())
    with store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    store.close()


def test_a_store_that_is_current_is_left_alone(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/store.db")
    schema.upgrade(store)
    assert schema.upgrade(store) == (schema.newest(), schema.newest())
    schema.require_current(store)
    store.close()


@pytest.mark.parametrize(
    ("version", "advice"), [(None, "feedsvc db upgrade"), ("9999", "newer release")], ids=["no tables", "too new"]
)
def test_another_schema_is_refused_with_the_advice_what_to_do(tmp_path: Path, version: str | None, advice: str) -> None:
    store = open_store(f"sqlite:///{tmp_path}/store.db")
    if version:
        schema.upgrade(store)
        with store.writing() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
    with pytest.raises(Conflict, match=advice):
        schema.require_current(store)
    store.close()


def test_a_url_that_is_none_is_refused() -> None:
    with pytest.raises(Invalid, match=r"store\.url"):
        open_store("not a url")


def test_a_locked_store_is_unavailable_and_its_password_is_not_shown(tmp_path: Path) -> None:
    folder = tmp_path / "taken"
    folder.mkdir()
    store = open_store(f"sqlite:///{folder}")
    with pytest.raises(Unavailable, match="store sqlite"), store.reading():
        pass
    store.close()


def test_a_transaction_that_raises_leaves_nothing_behind(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/store.db")
    schema.upgrade(store)

    def fail_half_way() -> None:
        with store.writing() as connection:
            connection.execute(text("DELETE FROM alembic_version"))
            raise LookupError

    with pytest.raises(LookupError):
        fail_half_way()
    schema.require_current(store)
    with store.rehearsing() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    schema.require_current(store)
    store.close()
