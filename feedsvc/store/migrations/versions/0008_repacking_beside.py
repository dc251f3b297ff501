"""What is to be compressed better stands beside the documents: SQLite writes a row anew as a whole, body and all."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table of what is due, and take the column away."""
    op.create_table(
        "repacking",
        sa.Column("publication_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_number", "filename"],
            ["documents.publication_number", "documents.filename"],
            name=op.f("fk_repacking_publication_number_documents"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("publication_number", "filename", name=op.f("pk_repacking")),
    )
    op.create_index(op.f("ix_repacking_due_at"), "repacking", ["due_at"], unique=False)
    op.execute(
        "INSERT INTO repacking SELECT publication_number, filename, repack_at FROM documents"
        " WHERE repack_at IS NOT NULL"
    )
    op.drop_index("ix_documents_repack", table_name="documents")
    op.drop_column("documents", "repack_at")
