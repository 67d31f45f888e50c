"""What large records are made of again, beside them: it is filled as they next change."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, empty."""
    op.create_table(
        "members",
        sa.Column("record", sa.String(32), sa.ForeignKey("records.id"), primary_key=True),
        sa.Column("sameness", sa.BigInteger),
        sa.Column("payload", sa.LargeBinary, nullable=False),
    )
    op.create_index("members_by_sameness", "members", ["sameness"])
