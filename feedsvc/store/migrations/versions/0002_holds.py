"""Held editions, what publications are measured against, and the dates of each line of a manifest."""

import json
import zlib

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table and the columns, and give the manifests that there are their dates."""
    op.create_table(
        "holds",
        sa.Column("feed_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("manifest", sa.LargeBinary(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["feed_number"], ["feeds.number"], name=op.f("fk_holds_feed_number")),
        sa.PrimaryKeyConstraint("feed_number", name=op.f("pk_holds")),
    )
    op.add_column("feeds", sa.Column("rolled_back_at", sa.BigInteger(), nullable=True))
    op.add_column(
        "publications", sa.Column("measure", sa.String(length=8), nullable=False, server_default=sa.text("'later'"))
    )
    connection = op.get_bind()
    publications = sa.table("publications", sa.column("number", sa.Integer), sa.column("manifest", sa.LargeBinary))
    for number, packed in connection.execute(sa.select(publications.c.number, publications.c.manifest)).all():
        dated = zlib.compress(json.dumps(_dated(connection, json.loads(zlib.decompress(packed)))).encode())
        connection.execute(sa.update(publications).where(publications.c.number == number).values(manifest=dated))


def _dated(connection: sa.Connection, lines: list[tuple[str, int]]) -> list[tuple[str, int, int, int]]:
    articles = sa.table("articles", *(sa.column(name) for name in ("id", "published_at", "updated_at")))
    query = sa.select(articles).where(articles.c.id.in_([article for article, _ in lines]))
    dates = {row.id: (row.published_at, row.updated_at) for row in connection.execute(query)}
    return [(article, revision, *dates[article]) for article, revision in lines]
