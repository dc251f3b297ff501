"""The first tables: articles and their revisions, feeds and their entries, publications and their documents."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""

    op.create_table(
        "articles",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("entry_id_is_permalink", sa.Boolean(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("live_revision", sa.Integer(), nullable=False),
        sa.Column("head_revision", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("image_url", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("modified_at", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=True),
        sa.Column("publish_at", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.Column("withdrawal_reason", sa.Text(), nullable=True),
        sa.Column("notice", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_articles")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_articles_entry_id")),
        sa.UniqueConstraint("external_id", name=op.f("uq_articles_external_id")),
        sa.UniqueConstraint("id", name=op.f("uq_articles_id")),
    )
    op.create_index(op.f("ix_articles_image_url"), "articles", ["image_url"], unique=False)
    op.create_index(
        "ix_articles_scheduled",
        "articles",
        ["publish_at"],
        unique=False,
        sqlite_where=sa.text("status = 'scheduled'"),
        postgresql_where=sa.text("status = 'scheduled'"),
    )
    op.create_table(
        "feeds",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("selection", sa.String(length=64), nullable=False),
        sa.Column("renderer", sa.Integer(), nullable=False),
        sa.Column("template", sa.Text(), nullable=True),
        sa.Column("template_value", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("defined_at", sa.BigInteger(), nullable=False),
        sa.Column("filled_to", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("wanted", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("published", sa.BigInteger(), nullable=False),
        sa.Column("on_change", sa.Boolean(), nullable=False),
        sa.Column("publication", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("last_run_at", sa.BigInteger(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_feeds")),
        sa.UniqueConstraint("id", name=op.f("uq_feeds_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_feeds_slug")),
        sa.UniqueConstraint("template", "template_value", name=op.f("uq_feeds_template_template_value")),
    )
    op.create_index(
        "ix_feeds_due",
        "feeds",
        ["number"],
        unique=False,
        sqlite_where=sa.text("due > published"),
        postgresql_where=sa.text("due > published"),
    )
    op.create_table(
        "pictures",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=True),
        sa.Column("length", sa.BigInteger(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("measured_at", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_pictures")),
    )
    op.create_index(
        "ix_pictures_due",
        "pictures",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_table(
        "schedule_runs",
        sa.Column("schedule", sa.Text(), nullable=False),
        sa.Column("ran_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("schedule", name=op.f("pk_schedule_runs")),
    )
    op.create_table(
        "templates",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("for_each", sa.String(length=10), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("filled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_templates")),
    )
    op.create_table(
        "entries",
        sa.Column("feed_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("article_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("visible_at", sa.BigInteger(), nullable=False),
        sa.Column("left_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["article_number"], ["articles.number"], name=op.f("fk_entries_article_number")),
        sa.ForeignKeyConstraint(["feed_number"], ["feeds.number"], name=op.f("fk_entries_feed_number")),
        sa.PrimaryKeyConstraint("feed_number", "article_number", name=op.f("pk_entries")),
    )
    op.create_index(op.f("ix_entries_article_number"), "entries", ["article_number"], unique=False)
    op.create_index(
        "ix_entries_waiting",
        "entries",
        ["visible_at"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "ix_entries_window", "entries", ["feed_number", "state", "published_at", "article_number"], unique=False
    )
    op.create_table(
        "feed_schedules",
        sa.Column("schedule", sa.Text(), nullable=False),
        sa.Column("feed_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["feed_number"], ["feeds.number"], name=op.f("fk_feed_schedules_feed_number")),
        sa.PrimaryKeyConstraint("schedule", "feed_number", name=op.f("pk_feed_schedules")),
    )
    op.create_index(op.f("ix_feed_schedules_feed_number"), "feed_schedules", ["feed_number"], unique=False)
    op.create_table(
        "feed_terms",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("feed_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["feed_number"], ["feeds.number"], name=op.f("fk_feed_terms_feed_number")),
        sa.PrimaryKeyConstraint("kind", "term", "feed_number", name=op.f("pk_feed_terms")),
    )
    op.create_index(op.f("ix_feed_terms_feed_number"), "feed_terms", ["feed_number"], unique=False)
    op.create_table(
        "origins",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("article_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["article_number"], ["articles.number"], name=op.f("fk_origins_article_number")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_origins")),
    )
    op.create_index(op.f("ix_origins_article_number"), "origins", ["article_number"], unique=False)
    op.create_table(
        "publications",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("feed_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("last_modified", sa.BigInteger(), nullable=False),
        sa.Column("manifest", sa.LargeBinary(), nullable=False),
        sa.Column("left_out", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["feed_number"], ["feeds.number"], name=op.f("fk_publications_feed_number")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_publications")),
    )
    op.create_index("ix_publications_feed", "publications", ["feed_number", "number"], unique=False)
    op.create_table(
        "revisions",
        sa.Column("article_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("change", sa.String(length=16), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("content_html", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("section", sa.Text(), nullable=True),
        sa.Column("authors", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("image", sa.Text(), nullable=True),
        sa.Column("corrections", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_number"], ["articles.number"], name=op.f("fk_revisions_article_number")),
        sa.PrimaryKeyConstraint("article_number", "number", name=op.f("pk_revisions")),
    )
    op.create_table(
        "announcements",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("publication_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["publication_number"], ["publications.number"], name=op.f("fk_announcements_publication_number")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_announcements")),
        sa.UniqueConstraint(
            "publication_number", "topic", "hub", name=op.f("uq_announcements_publication_number_topic_hub")
        ),
    )
    op.create_index(
        "ix_announcements_due",
        "announcements",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    )
    op.create_index(
        "ix_announcements_held",
        "announcements",
        ["publication_number"],
        unique=False,
        sqlite_where=sa.text("due_at IS NULL"),
        postgresql_where=sa.text("due_at IS NULL"),
    )
    op.create_table(
        "documents",
        sa.Column("publication_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("entity_tag", sa.Text(), nullable=False),
        sa.Column("last_modified", sa.BigInteger(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_number"], ["publications.number"], name=op.f("fk_documents_publication_number")
        ),
        sa.PrimaryKeyConstraint("publication_number", "filename", name=op.f("pk_documents")),
    )
