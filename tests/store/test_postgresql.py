"""A PostgreSQL that is slow, restarted, cut off or in other hands: what callers are told, and what is tried again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, event, text

from feedsvc.errors import Invalid
from feedsvc.store import Store, open_store, retried, schema
from feedsvc.store.transactions import Interrupted, OutOfReach
from feedsvc.store.watching import Watch
from tests.postgres import Server, serving_postgresql
from tests.waiting import wait_until

MAKE = "CREATE TABLE numbers (number INTEGER PRIMARY KEY, seen INTEGER NOT NULL DEFAULT 0)"


@pytest.fixture
def database(postgresql: Server) -> Iterator[str]:
    name = postgresql.make()
    postgresql.execute(MAKE, name)
    yield name
    postgresql.drop(name)


@pytest.fixture
def open_it(postgresql: Server, database: str) -> Iterator[Callable[..., Store]]:
    """Open the database's store, as another host would at each call, perhaps with settings of PostgreSQL."""
    stores: list[Store] = []

    def make(*settings: str) -> Store:
        options = "".join(f" -c {setting}" for setting in settings)
        stores.append(open_store(f"{postgresql.url(database)}&options={options}"))
        return stores[-1]

    yield make
    for store in stores:
        store.close()


def add(store: Store, number: int) -> None:
    with store.writing() as connection:
        connection.execute(text("INSERT INTO numbers VALUES (:number)"), {"number": number})


def count(store: Store) -> int:
    with store.reading() as connection:
        return int(connection.execute(text("SELECT count(*) FROM numbers")).scalar_one())


def end_session(server: Server, connection: Connection) -> None:
    """End a session as an administrator would."""
    number = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    server.execute(f"SELECT pg_terminate_backend({number}, 5000)")


def test_what_it_can_not_hold_is_told_without_naming_it(open_it: Callable[..., Store], postgresql: Server) -> None:
    store = open_it()
    with pytest.raises(Invalid, match="NUL") as caught, store.reading() as connection:
        connection.execute(text("SELECT :word"), {"word": "a\0b"})
    with pytest.raises(Invalid, match="out of range") as beyond, store.reading() as connection:
        connection.execute(text("SELECT 9223372036854775807 + 1"))
    for error in (caught.value, beyond.value):
        assert str(postgresql.folder) not in str(error)
        assert "postgresql://" not in str(error)


def test_nothing_can_be_changed_by_one_that_reads(open_it: Callable[..., Store]) -> None:
    with pytest.raises(OutOfReach, match="read-only"), open_it().reading() as connection:
        connection.execute(text("INSERT INTO numbers VALUES (1)"))


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://desk:Sesame@127.0.0.1:9/news",
        "postgresql+psycopg://127.0.0.1:9/news?user=desk&password=Sesame",
    ],
)
def test_a_database_that_is_away_is_named_without_its_user_and_password(url: str) -> None:
    store = open_store(url)
    with pytest.raises(OutOfReach, match=r"store postgresql://127\.0\.0\.1:9/news") as caught, store.reading():
        pass
    assert "refused" in caught.value.reason
    assert "Sesame" not in f"{caught.value} {caught.value.__cause__} {store.name}"
    assert "desk" not in store.name


def test_no_other_database_is_taken() -> None:
    with pytest.raises(Invalid, match="mysql"):
        open_store("mysql://127.0.0.1/news")


def test_a_transaction_that_loses_its_connection_is_done_again_from_the_start(
    postgresql: Server, open_it: Callable[..., Store]
) -> None:
    store, attempts = open_it(), []

    @retried
    def act() -> None:
        with store.writing() as connection:
            connection.execute(text("INSERT INTO numbers VALUES (1)"))
            attempts.append(1)
            if len(attempts) == 1:
                end_session(postgresql, connection)
            connection.execute(text("INSERT INTO numbers VALUES (2)"))

    act()
    assert len(attempts) == 2
    assert count(store) == 2


def test_a_connection_that_is_lost_while_it_commits_leaves_nobody_knowing(
    postgresql: Server, open_it: Callable[..., Store]
) -> None:
    store = open_it()
    event.listen(store.engine, "commit", lambda connection: end_session(postgresql, connection))
    with pytest.raises(OutOfReach, match="not known whether the change was kept") as caught:
        add(store, 1)
    # Not one that is tried again: it might be done twice.
    assert not isinstance(caught.value, Interrupted)


def test_two_transactions_that_wait_for_each_other_both_come_to_their_end(open_it: Callable[..., Store]) -> None:
    add(open_it(), 1)
    add(open_it(), 2)
    both_hold_one = threading.Barrier(2)

    def see(first: int, second: int) -> int:
        store, attempts = open_it("deadlock_timeout=50ms"), []

        @retried
        def act() -> None:
            with store.writing() as connection:
                update = text("UPDATE numbers SET seen = seen + 1 WHERE number = :number")
                connection.execute(update, {"number": first})
                attempts.append(1)
                if len(attempts) == 1:
                    both_hold_one.wait(30)
                connection.execute(update, {"number": second})

        act()
        return len(attempts)

    with ThreadPoolExecutor(2) as pool:
        attempts = list(pool.map(see, (1, 2), (2, 1)))
    # PostgreSQL takes back one of them, or both when they notice at the same time.
    assert max(attempts) > 1
    with open_it().reading() as connection:
        assert connection.execute(text("SELECT sum(seen) FROM numbers")).scalar_one() == 4


def test_a_transaction_that_takes_too_long_is_ended(open_it: Callable[..., Store]) -> None:
    store = open_it("statement_timeout=50ms")
    with pytest.raises(OutOfReach, match="took too long"), store.reading() as connection:
        connection.execute(text("SELECT pg_sleep(30)"))


def test_one_that_stands_still_in_a_transaction_holds_up_the_others_for_a_time_only(
    open_it: Callable[..., Store],
) -> None:
    add(open_it(), 1)
    still, other = open_it("idle_in_transaction_session_timeout=200ms"), open_it()

    def stand_still() -> None:
        with still.writing() as connection:
            connection.execute(text("UPDATE numbers SET seen = 1"))
            with other.writing() as beside:
                beside.execute(text("UPDATE numbers SET seen = 2"))
            connection.execute(text("UPDATE numbers SET seen = 3"))

    with pytest.raises(Interrupted):
        stand_still()
    with other.reading() as connection:
        assert connection.execute(text("SELECT seen FROM numbers")).scalar_one() == 2


def test_a_database_that_was_stopped_is_back_without_an_error_to_anybody() -> None:
    with serving_postgresql() as server:
        server.execute(MAKE)
        store = open_store(server.url())
        noticed = threading.Event()
        watch = Watch(store, noticed.set)
        add(store, 1)
        wait_until(noticed.is_set)
        server.stop()
        with pytest.raises(OutOfReach):
            add(store, 2)
        noticed.clear()
        server.start()
        add(store, 3)
        assert count(store) == 2
        wait_until(noticed.is_set)
        watch.close()
        store.close()


def test_of_several_hosts_that_start_on_an_empty_database_one_makes_the_tables(postgresql: Server) -> None:
    name = postgresql.make()
    stores = [open_store(postgresql.url(name)) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        assert {after for _, after in pool.map(schema.upgrade, stores)} == {schema.newest()}
    for store in stores:
        schema.require_current(store)
        store.close()
    postgresql.drop(name)
