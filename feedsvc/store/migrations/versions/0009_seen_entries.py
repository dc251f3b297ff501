"""Whether an entry was ever published; of those that are there already it is not known."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the column."""
    op.add_column("entries", sa.Column("seen", sa.Boolean(), nullable=True))
