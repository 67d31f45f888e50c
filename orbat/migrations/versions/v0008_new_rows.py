"""Where bands and blocks of no day wait to be put among the others many at a time: each lies on another page of a large table."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, empty."""
    op.create_table(
        "new_bands",
        sa.Column("band", sa.String(32), primary_key=True),
        sa.Column("document", sa.String(64), sa.ForeignKey("documents.id"), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "new_blocks",
        sa.Column("block", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("happening", sa.Integer, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
