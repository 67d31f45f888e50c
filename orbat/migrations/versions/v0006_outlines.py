"""A happening's statements and ends beside what it says, so that most need not be read to be grouped."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns. Happenings of an older version are made again by the next update, since their rules are others."""
    for name in ("statements", "ends"):
        op.add_column("happenings", sa.Column(name, sa.Text, nullable=False, server_default=""))
