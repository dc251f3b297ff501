"""What several hosts on one store need: leases, signs of life, and the order in which publications went live."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, and an index of the feeds that are still to be filled."""
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "hosts",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("followed", NUMBER, nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_hosts")),
    )
    op.create_table(
        "live_changes",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("feed_number", NUMBER, nullable=False),
        sa.Column("publication_number", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["feed_number"], ["feeds.number"], name=op.f("fk_live_changes_feed_number")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_live_changes")),
    )
    op.create_index(op.f("ix_live_changes_publication_number"), "live_changes", ["publication_number"], unique=False)
    op.create_index(
        "ix_feeds_unfilled",
        "feeds",
        ["number"],
        unique=False,
        sqlite_where=sa.text("filled_to IS NOT NULL"),
        postgresql_where=sa.text("filled_to IS NOT NULL"),
    )
