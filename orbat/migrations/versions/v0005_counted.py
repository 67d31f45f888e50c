"""What answers are narrowed and counted by, once more beside the statement: its record's origins and status, and the model that read it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

FOUND = "type, certainty, negated, speaker, country, source, admin1, where_prec, date_start, confidence, sentence, model"


def upgrade() -> None:
    """Add the columns and fill them from what is there; no record is made again for it."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    op.add_column("statements", sa.Column("model", sa.Text))
    op.execute("UPDATE statements SET model = substr((SELECT model FROM readings WHERE readings.key = statements.reading), 1, 120)")
    op.drop_index("statements_found", "statements")
    if postgresql:
        op.execute(f"CREATE INDEX statements_found ON statements (current, newest DESC NULLS LAST, id) INCLUDE ({FOUND})")
    else:
        op.execute(f"CREATE INDEX statements_found ON statements (current, newest DESC, id, {FOUND})")
    _members(postgresql)


def _members(postgresql: bool) -> None:
    """In SQLite the table is made anew, its rows in the order of its key, so that one look finds all of a row."""
    origins = sa.Column("origins", sa.Integer, nullable=False, server_default="0")
    status = sa.Column("status", sa.String(16), nullable=False, server_default="")
    if postgresql:
        op.add_column("record_statements", origins)
        op.add_column("record_statements", status)
        op.execute("UPDATE record_statements SET origins = records.origins, status = records.status FROM records WHERE records.id = record")
        return
    op.drop_index("record_statements_by_record", "record_statements")
    op.rename_table("record_statements", "record_statements_before")
    op.create_table(
        "record_statements",
        sa.Column("statement", sa.String(20), primary_key=True),
        sa.Column("record", sa.String(32), sa.ForeignKey("records.id"), nullable=False),
        origins,
        status,
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO record_statements SELECT statement, record, records.origins, records.status FROM record_statements_before "
        "JOIN records ON records.id = record ORDER BY statement"
    )
    op.drop_table("record_statements_before")
    op.create_index("record_statements_by_record", "record_statements", ["record"])
