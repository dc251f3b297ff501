"""The store's tables, as the newest migration leaves them.

Nothing here queries. Instants are whole microseconds since 1970 UTC, so that they sort and compare alike on every
engine.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

if TYPE_CHECKING:
    from sqlalchemy import Dialect

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def to_microseconds(instant: datetime) -> int:
    """Write an aware datetime as the store keeps it."""
    return (instant - EPOCH) // MICROSECOND


def from_microseconds(count: int) -> datetime:
    """Read what `to_microseconds` wrote."""
    return EPOCH + count * MICROSECOND


class Instant(TypeDecorator[datetime]):
    """An aware datetime kept as microseconds since 1970; naive ones are refused, as their zone is anybody's guess."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Turn an aware datetime into microseconds."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; the store takes aware datetimes only")
        return to_microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Turn microseconds into an aware UTC datetime."""
        return None if value is None else from_microseconds(value)


# SQLite gives rowids only to INTEGER keys; other engines want the wide type.
Number = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

articles = Table(
    "articles",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("entry_id", Text, nullable=False, unique=True),
    Column("entry_id_is_permalink", Boolean, nullable=False),
    Column("slug", Text, nullable=False),
    Column("status", String(10), nullable=False),
    # The revision that readers see, and the one that waits for its release beside it; one number where none waits.
    Column("live_revision", Integer, nullable=False),
    Column("head_revision", Integer, nullable=False),
    Column("external_id", Text, unique=True),
    Column("image_url", Text, index=True),
    Column("created_at", Instant, nullable=False),
    Column("modified_at", Instant, nullable=False),
    Column("published_at", Instant),
    Column("updated_at", Instant),
    Column("publish_at", Instant),
    Column("withdrawn_at", Instant),
    Column("withdrawal_reason", Text),
    Column("notice", Boolean),
)
Index(
    "ix_articles_scheduled",
    articles.c.publish_at,
    sqlite_where=articles.c.status == "scheduled",
    postgresql_where=articles.c.status == "scheduled",
)
# What came out last, for the news sitemap.
Index(
    "ix_articles_published",
    articles.c.published_at,
    sqlite_where=articles.c.published_at.is_not(None),
    postgresql_where=articles.c.published_at.is_not(None),
)
# What was changed last, for whoever lists articles, without looking at all of them.
Index("ix_articles_changed", articles.c.modified_at, articles.c.number)

revisions = Table(
    "revisions",
    metadata,
    Column("article_number", Number, ForeignKey("articles.number"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("change", String(16), nullable=False),
    Column("saved_at", Instant, nullable=False),
    Column("title", Text, nullable=False),
    Column("content_html", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("language", Text),
    Column("section", Text),
    # The rest is read and written whole, never searched: JSON.
    Column("authors", Text, nullable=False),
    Column("tags", Text, nullable=False),
    Column("url", Text),
    Column("image", Text),
    Column("corrections", Text, nullable=False),
)

origins = Table(
    "origins",
    metadata,
    # What an imported article is known by when its file comes again, and what it said the last time.
    Column("key", Text, primary_key=True),
    Column("article_number", Number, ForeignKey("articles.number"), nullable=False, index=True),
    Column("digest", String(64), nullable=False),
)

feeds = Table(
    "feeds",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("state", String(10), nullable=False),
    Column("definition", Text, nullable=False),
    # Of everything besides the entries that the documents are made of, and of what decides which entries there are.
    Column("digest", String(64), nullable=False),
    Column("selection", String(64), nullable=False),
    Column("renderer", Integer, nullable=False),
    Column("template", Text),
    Column("template_value", Text),
    Column("created_at", Instant, nullable=False),
    Column("defined_at", Instant, nullable=False),
    # A selection that changed is filled from the articles in batches; the number of the last article looked at.
    Column("filled_to", Number),
    # Three numbers, not flags: an article that arrives while its feed is being rendered is not lost.
    # wanted counts the changes, due is how far they may be published now, published how far they have been.
    Column("wanted", BigInteger, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("published", BigInteger, nullable=False),
    Column("on_change", Boolean, nullable=False),
    Column("publication", Number),
    # An earlier publication put back is a change that readers should notice; the feed's dates never fall behind it.
    Column("rolled_back_at", Instant),
    Column("last_run_at", Instant),
    Column("failure", Text),
    UniqueConstraint("template", "template_value"),
)
Index(
    "ix_feeds_due",
    feeds.c.number,
    sqlite_where=feeds.c.due > feeds.c.published,
    postgresql_where=feeds.c.due > feeds.c.published,
)

Index(
    "ix_feeds_unfilled",
    feeds.c.number,
    sqlite_where=feeds.c.filled_to.is_not(None),
    postgresql_where=feeds.c.filled_to.is_not(None),
)

feed_terms = Table(
    "feed_terms",
    metadata,
    Column("kind", String(10), primary_key=True),
    Column("term", Text, primary_key=True),
    Column("feed_number", Number, ForeignKey("feeds.number"), primary_key=True, index=True),
)

feed_schedules = Table(
    "feed_schedules",
    metadata,
    Column("schedule", Text, primary_key=True),
    Column("feed_number", Number, ForeignKey("feeds.number"), primary_key=True, index=True),
)

templates = Table(
    "templates",
    metadata,
    Column("slug", Text, primary_key=True),
    Column("for_each", String(10), nullable=False),
    Column("definition", Text, nullable=False),
    Column("filled", Boolean, nullable=False),
)

schedule_runs = Table(
    "schedule_runs",
    metadata,
    Column("schedule", Text, primary_key=True),
    # Whatever fell due until then is served.
    Column("ran_at", Instant, nullable=False),
)

entries = Table(
    "entries",
    metadata,
    Column("feed_number", Number, ForeignKey("feeds.number"), primary_key=True),
    Column("article_number", Number, ForeignKey("articles.number"), primary_key=True, index=True),
    # shown, waiting (for its embargo's end), left (the feed's selection no longer takes it), or withdrawn (a
    # tombstone).
    Column("state", String(10), nullable=False),
    Column("published_at", Instant, nullable=False),
    Column("visible_at", Instant, nullable=False),
    Column("left_at", Instant),
    # Whether a publication has ever shown it; not known of what is older than this column.
    Column("seen", Boolean),
)
# The window of a feed is the head of this index: its cost does not grow with the articles.
Index("ix_entries_window", entries.c.feed_number, entries.c.state, entries.c.published_at, entries.c.article_number)
Index(
    "ix_entries_waiting",
    entries.c.visible_at,
    sqlite_where=entries.c.state == "waiting",
    postgresql_where=entries.c.state == "waiting",
)

publications = Table(
    "publications",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("feed_number", Number, ForeignKey("feeds.number"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("last_modified", Instant, nullable=False),
    Column("manifest", LargeBinary, nullable=False),
    Column("left_out", Text, nullable=False),
    # When later editions are measured against this publication: at once, later, or never.
    Column("measure", String(8), nullable=False, server_default="later"),
)
Index("ix_publications_feed", publications.c.feed_number, publications.c.number)

holds = Table(
    "holds",
    metadata,
    # The edition of a feed that may not be published until a person releases it; at most one a feed.
    Column("feed_number", Number, ForeignKey("feeds.number"), primary_key=True),
    Column("since", Instant, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("manifest", LargeBinary, nullable=False),
    # Why: the sentences, and the articles that were counted.
    Column("verdict", Text, nullable=False),
    # A person has let it go; the next run publishes.
    Column("released", Boolean, nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("publication_number", Number, ForeignKey("publications.number"), primary_key=True),
    Column("filename", Text, primary_key=True),
    Column("entity_tag", Text, nullable=False),
    Column("last_modified", Instant, nullable=False),
    Column("length", BigInteger, nullable=False),
    # One gzip member, as it stands in the folder and is sent (release 0.1 wrote a zlib stream).
    Column("body", LargeBinary, nullable=False),
)
# Documents to be compressed again and better. Beside them, not with them: SQLite writes a row anew as a whole, with its
# body, whatever changes in it.
repacking = Table(
    "repacking",
    metadata,
    Column("publication_number", Number, primary_key=True),
    Column("filename", Text, primary_key=True),
    Column("due_at", Instant, nullable=False, index=True),
    ForeignKeyConstraint(
        ["publication_number", "filename"], [documents.c.publication_number, documents.c.filename], ondelete="CASCADE"
    ),
)

announcements = Table(
    "announcements",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("publication_number", Number, ForeignKey("publications.number"), nullable=False),
    Column("topic", Text, nullable=False),
    Column("hub", Text, nullable=False),
    # None until the documents are where a hub that fetches at once finds them.
    Column("due_at", Instant),
    Column("attempts", Integer, nullable=False),
    Column("sent_at", Instant),
    Column("failure", Text),
    UniqueConstraint("publication_number", "topic", "hub"),
)
Index(
    "ix_announcements_held",
    announcements.c.publication_number,
    sqlite_where=announcements.c.due_at.is_(None),
    postgresql_where=announcements.c.due_at.is_(None),
)
Index(
    "ix_announcements_due",
    announcements.c.due_at,
    sqlite_where=announcements.c.sent_at.is_(None),
    postgresql_where=announcements.c.sent_at.is_(None),
)

pictures = Table(
    "pictures",
    metadata,
    # What is known of a picture that an article only names: its true length and type, measured at its address.
    Column("url", Text, primary_key=True),
    Column("media_type", Text),
    Column("length", BigInteger),
    Column("width", Integer),
    Column("height", Integer),
    Column("measured_at", Instant),
    Column("due_at", Instant),
    Column("attempts", Integer, nullable=False),
    Column("failure", Text),
)
Index(
    "ix_pictures_due",
    pictures.c.due_at,
    sqlite_where=pictures.c.due_at.is_not(None),
    postgresql_where=pictures.c.due_at.is_not(None),
)

media = Table(
    "media",
    metadata,
    # An uploaded picture, known by the SHA-256 of its bytes. One that was taken down has none, and is remembered.
    Column("digest", String(64), primary_key=True),
    Column("media_type", Text, nullable=False),
    Column("length", BigInteger, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("uploaded_at", Instant, nullable=False),
    Column("removed_at", Instant, index=True),
    Column("body", LargeBinary),
)

users = Table(
    "users",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
    Column("signed_in_at", Instant),
)

sessions = Table(
    "sessions",
    metadata,
    # Of what the browser holds: whoever reads the store can sign in as nobody.
    Column("digest", String(64), primary_key=True),
    Column("user_number", Number, ForeignKey("users.number"), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
)

browsers = Table(
    "browsers",
    metadata,
    # Those that an account was signed in from before: guesses from elsewhere never keep them out.
    Column("digest", String(64), primary_key=True),
    Column("user_number", Number, ForeignKey("users.number"), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
)

failures = Table(
    "sign_in_failures",
    metadata,
    # A digest of the account's name, the address or the browser that is counted.
    Column("key", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Instant, nullable=False, index=True),
    Column("open_at", Instant, nullable=False),
)

manuscripts = Table(
    "manuscripts",
    metadata,
    # By the digest of the HTML that came of it.
    Column("article_id", String(36), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("markdown", Text, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    # The part of a token that names it, no secret; of the secret itself only its hash is kept.
    Column("id", String(16), primary_key=True),
    Column("name", Text, nullable=False),
    Column("scope", String(10), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)
Index(
    "uq_tokens_name_in_use",
    tokens.c.name,
    unique=True,
    sqlite_where=tokens.c.revoked_at.is_(None),
    postgresql_where=tokens.c.revoked_at.is_(None),
)

creations = Table(
    "creations",
    metadata,
    # What was made under an Idempotency-Key, for a day: the digest of what was asked for, and the article as made.
    Column("token_id", String(16), ForeignKey("tokens.id"), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("article_number", Number, ForeignKey("articles.number"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", Instant, nullable=False, index=True),
)

leases = Table(
    "leases",
    metadata,
    # What is worked on, by which host, and until when by the database's clock: it is anybody's after that.
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
)

hosts = Table(
    "hosts",
    metadata,
    Column("name", Text, primary_key=True),
    # By the database's clock; a host that has not been seen for some seconds is down or cut off.
    Column("seen_at", BigInteger, nullable=False),
    # The number of the live change up to which its folder shows everything, and why it shows no more than that.
    Column("followed", Number, nullable=False),
    Column("failure", Text),
)

live_changes = Table(
    "live_changes",
    metadata,
    # A feed's live publication changed. Hosts follow these numbers, which others may commit in another order.
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("feed_number", Number, ForeignKey("feeds.number"), nullable=False),
    Column("publication_number", Number, nullable=False, index=True),
)
