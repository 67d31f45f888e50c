"""How far happenings are numbered, and how often their web has changed: what was read of it once is known to stand, or not to."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table with its one row."""
    op.create_table(
        "web",
        sa.Column("key", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("last", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.execute("INSERT INTO web (key, last, version) SELECT 1, coalesce(max(key), 0), 0 FROM happenings")
