"""What each document says of each happening, kept so that an update need not read its neighbours again."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; it fills as documents are read or judged, and what is not there is made when it is asked for."""
    op.create_table(
        "happenings",
        sa.Column("document", sa.String(64), sa.ForeignKey("documents.id"), primary_key=True),
        sa.Column("rules", sa.Integer, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
    )
