"""What few values are counted by stands in one column of SQLite's index: it sorts by one text in half the time that five take it."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

FOUND = "type, certainty, negated, speaker, country, source, admin1, where_prec, date_start, confidence, sentence, model, counted"


def upgrade() -> None:
    """Add the column, which SQLite makes from the others, and put it in the index. PostgreSQL counts without sorting and needs none."""
    if op.get_bind().dialect.name == "postgresql":
        return
    unknown = "char(30)"
    parts = ("type", "certainty", "negated", f"ifnull(country, {unknown})", f"ifnull(model, {unknown})")
    op.execute(f"ALTER TABLE statements ADD COLUMN counted TEXT GENERATED ALWAYS AS ({' || char(31) || '.join(parts)}) VIRTUAL")
    op.drop_index("statements_found", "statements")
    op.execute(f"CREATE INDEX statements_found ON statements (current, newest DESC, id, {FOUND})")
