"""When a document is to be compressed again and better; those that are kept by now are to be so at once."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the column and its index."""
    op.add_column("documents", sa.Column("repack_at", sa.BigInteger(), nullable=True))
    op.execute("UPDATE documents SET repack_at = 0")
    op.create_index(
        "ix_documents_repack",
        "documents",
        ["repack_at"],
        sqlite_where=sa.text("repack_at IS NOT NULL"),
        postgresql_where=sa.text("repack_at IS NOT NULL"),
    )
