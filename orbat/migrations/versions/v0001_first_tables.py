"""The first tables, and full-text search over sentences."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table; a step of the past is never edited, so it does not import ``orbat.tables``."""
    op.create_table(
        "documents",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("published", sa.Date),
        sa.Column("byline", sa.Text, nullable=False),
        sa.Column("section", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("given_id", sa.Text, nullable=False),
    )
    op.create_table(
        "readings",
        sa.Column("key", sa.Integer, primary_key=True),
        sa.Column("document", sa.String(64), sa.ForeignKey("documents.id"), nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("read_at", sa.DateTime, nullable=False),
        sa.Column("digest", sa.String(20), nullable=False),
        sa.Column("current", sa.Boolean, nullable=False),
    )
    op.create_index("readings_by_document", "readings", ["document", "current"])
    op.create_table(
        "sentences",
        sa.Column("key", sa.Integer, primary_key=True),
        sa.Column("document", sa.String(64), sa.ForeignKey("documents.id"), nullable=False),
        sa.Column("span_start", sa.Integer, nullable=False),
        sa.Column("span_end", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.UniqueConstraint("document", "span_start", "span_end", name="sentences_once"),
    )
    op.create_table(
        "statements",
        sa.Column("key", sa.Integer, primary_key=True),
        sa.Column("id", sa.String(20), nullable=False),
        sa.Column("reading", sa.Integer, sa.ForeignKey("readings.key"), nullable=False),
        sa.Column("document", sa.String(64), sa.ForeignKey("documents.id"), nullable=False),
        sa.Column("sentence", sa.Integer, sa.ForeignKey("sentences.key"), nullable=False),
        sa.Column("current", sa.Boolean, nullable=False),
        sa.Column("type", sa.String(16), nullable=False),
        sa.Column("certainty", sa.String(16), nullable=False),
        sa.Column("negated", sa.Boolean, nullable=False),
        sa.Column("date_start", sa.Date),
        sa.Column("date_end", sa.Date),
        sa.Column("country", sa.Text),
        sa.Column("where_prec", sa.Integer),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("newest", sa.Date),
        sa.Column("payload", sa.Text, nullable=False),
        sa.UniqueConstraint("reading", "id", name="statements_once"),
    )
    op.create_index("statements_by_id", "statements", ["id"])
    op.create_index("statements_by_sentence", "statements", ["sentence"])
    op.create_index("statements_by_document", "statements", ["document", "current"])
    op.create_table(
        "fillers",
        sa.Column("statement", sa.Integer, sa.ForeignKey("statements.key"), primary_key=True),
        sa.Column("role", sa.String(16), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("span_start", sa.Integer, nullable=False),
        sa.Column("span_end", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
        sa.Column("type", sa.String(16), nullable=False),
        sa.Column("entity_id", sa.Text),
        sa.Column("entity_name", sa.Text),
        sa.Column("entity_folded", sa.Text),
        sa.Column("entity_kind", sa.String(16)),
        sqlite_with_rowid=False,
    )
    op.create_index("fillers_by_entity", "fillers", ["entity_id"])
    op.create_index("fillers_by_text", "fillers", ["folded"])
    op.create_index("fillers_by_name", "fillers", ["entity_folded"])
    op.create_table(
        "failures",
        sa.Column("id", sa.String(20), primary_key=True),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("first_at", sa.DateTime, nullable=False),
        sa.Column("last_at", sa.DateTime, nullable=False),
    )
    _full_text(op.get_bind().dialect.name)


def _full_text(dialect: str) -> None:
    """The one thing that the two databases do not share. In SQLite, triggers keep the index true whoever writes."""
    if dialect == "postgresql":
        op.execute("CREATE INDEX sentence_index ON sentences USING gin (to_tsvector('english', text))")
        return
    op.execute(
        "CREATE VIRTUAL TABLE sentence_index USING fts5("
        "text, content='sentences', content_rowid='key', tokenize='porter unicode61 remove_diacritics 2')"
    )
    op.execute(
        "CREATE TRIGGER sentences_added AFTER INSERT ON sentences BEGIN "
        "INSERT INTO sentence_index(rowid, text) VALUES (new.key, new.text); END"
    )
    op.execute(
        "CREATE TRIGGER sentences_removed AFTER DELETE ON sentences BEGIN "
        "INSERT INTO sentence_index(sentence_index, rowid, text) VALUES ('delete', old.key, old.text); END"
    )
