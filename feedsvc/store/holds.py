"""Held editions in the store: what may not be published yet, why, and whether a person has let it go.

A feed has one at the most. What decides is in `guard`; nothing here does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from feedsvc.errors import Conflict
from feedsvc.guard import Hold
from feedsvc.model import ManifestLine
from feedsvc.store import codec, manifests
from feedsvc.store.feeds import FeedState
from feedsvc.store.tables import feeds, holds

_HELD = select(holds, feeds.c.slug).join(feeds, feeds.c.number == holds.c.feed_number)
# Built once: every publication asks.
_OF_FEED = _HELD.where(holds.c.feed_number == bindparam("feed"))


@dataclass(frozen=True, slots=True)
class HeldEdition:
    """An edition that waits: since when its feed is held, and what the newest edition would show.

    `released` is one that a person has let go: the next run publishes it.
    """

    feed_number: int
    slug: str
    since: datetime
    made_at: datetime
    lines: tuple[ManifestLine, ...]
    verdict: Hold
    released: bool = False


def find(connection: Connection, feed_number: int) -> HeldEdition | None:
    """Find the held edition of a feed."""
    row = connection.execute(_OF_FEED, {"feed": feed_number}).one_or_none()
    return None if row is None else _held(row)


def reasons(connection: Connection, feed_number: int) -> tuple[str, ...]:
    """Say why a feed is held, a sentence for each reason; of one that is not there is none."""
    verdict = connection.execute(select(holds.c.verdict).where(holds.c.feed_number == feed_number)).scalar()
    return tuple(json.loads(verdict)["reasons"]) if verdict else ()


def all_held(connection: Connection) -> list[HeldEdition]:
    """Give every held edition, the one that has waited longest first, but for those of feeds that were removed."""
    there = _HELD.where(feeds.c.state == FeedState.LIVE.value)
    return [_held(row) for row in connection.execute(there.order_by(holds.c.since, holds.c.feed_number))]


def put(
    connection: Connection,
    feed_number: int,
    before: HeldEdition | None,
    *,
    lines: Iterable[ManifestLine],
    verdict: Hold,
    now: datetime,
) -> None:
    """Hold an edition, in place of the one `before`. Raises Conflict when that is no longer the one that is held."""
    let_go(connection, feed_number, before)
    connection.execute(
        insert(holds).values(
            feed_number=feed_number,
            since=before.since if before and before.verdict.by_hand == verdict.by_hand else now,
            made_at=now,
            manifest=manifests.dump(lines),
            verdict=codec.dump(asdict(verdict)),
            released=False,
        )
    )


def release(connection: Connection, feed_number: int) -> None:
    """Remember that a person has let a feed's held edition go."""
    connection.execute(update(holds).where(holds.c.feed_number == feed_number).values(released=True))


def let_go(connection: Connection, feed_number: int, before: HeldEdition | None) -> None:
    """Forget the held edition; None is none. Raises Conflict when it is no longer the one that is held."""
    if before is None:
        unchanged = find(connection, feed_number) is None
    else:
        same = (holds.c.made_at == before.made_at) & (holds.c.released == before.released)
        mine = delete(holds).where(holds.c.feed_number == feed_number, same)
        unchanged = connection.execute(mine).rowcount == 1
    if not unchanged:
        raise Conflict(f"feed {feed_number}", "was held or released by another process meanwhile")


def _held(row: Row[Any]) -> HeldEdition:
    verdict: dict[str, Any] = json.loads(row.verdict)
    return HeldEdition(
        feed_number=row.feed_number,
        slug=row.slug,
        since=row.since,
        made_at=row.made_at,
        lines=manifests.load(row.manifest),
        verdict=Hold(
            reasons=tuple(verdict["reasons"]),
            new=tuple(verdict["new"]),
            moved=tuple(verdict["moved"]),
            lost=tuple(verdict["lost"]),
            by_hand=verdict["by_hand"],
        ),
        released=row.released,
    )
