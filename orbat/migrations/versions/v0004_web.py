"""The web of happenings: each for itself, with its block keys as numbers, and what is probably one tied together."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables anew; the next update fills them and looks at every record, which keep their ids."""
    lite = {"sqlite_with_rowid": False}
    op.drop_table("happenings")
    op.drop_table("blocks")
    op.create_table(
        "happenings",
        sa.Column("key", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("document", sa.String(64), sa.ForeignKey("documents.id"), nullable=False),
        sa.Column("rules", sa.Integer, nullable=False),
        sa.Column("sameness", sa.BigInteger, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
    )
    op.create_index("happenings_by_document", "happenings", ["document"])
    op.create_index("happenings_by_sameness", "happenings", ["sameness"])
    op.create_table(
        "blocks",
        sa.Column("block", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("happening", sa.Integer, primary_key=True, autoincrement=False),
        **lite,
    )
    op.create_table(
        "ties",
        sa.Column("one", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("two", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("score", sa.Float, nullable=False),
        **lite,
    )
    op.create_index("ties_by_two", "ties", ["two"])
    op.create_table(
        "woven",
        sa.Column("document", sa.String(64), sa.ForeignKey("documents.id"), primary_key=True),
        sa.Column("reading", sa.Integer, nullable=False),
    )
    op.create_table("stirred", sa.Column("happening", sa.Integer, primary_key=True, autoincrement=False))
    op.execute("INSERT INTO unrecorded (document) SELECT id FROM documents WHERE id NOT IN (SELECT document FROM unrecorded)")
