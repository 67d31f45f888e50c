"""The record: copies, blocks, records with their history, judgements; and what answers are narrowed and counted by."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FOUND = "type, certainty, negated, speaker, country, source, admin1, where_prec, date_start, confidence, sentence"


def upgrade() -> None:
    """Add what is new and fill it from what is there; a step of the past is never edited."""
    _statements()
    _copies_and_blocks()
    _records()
    op.create_table(
        "judgements",
        sa.Column("id", sa.String(20), primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("left", "right", "field", "value", "by", "note")),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("withdrawn_at", sa.DateTime),
    )
    op.create_index("judgements_by_time", "judgements", ["at"])
    op.execute("INSERT INTO unrecorded (document) SELECT id FROM documents")
    if op.get_bind().dialect.name == "postgresql":
        _text_of_any_accent()


def _statements() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for name in ("admin1", "source", "speaker"):
        op.add_column("statements", sa.Column(name, sa.Text))
    admin1 = "(payload::json) -> 'location' ->> 'admin1'" if postgresql else "json_extract(payload, '$.location.admin1')"
    said = "SELECT coalesce(entity_name, text) FROM fillers WHERE statement = statements.key AND role = 'speaker'"
    op.execute(
        f"UPDATE statements SET admin1 = nullif({admin1}, ''), speaker = substr(({said}), 1, 120), "
        "source = nullif(substr((SELECT source FROM documents WHERE id = statements.document), 1, 120), '')"
    )
    # From the words of a sentence to its statements in order, without a look at the rows.
    op.drop_index("statements_by_sentence", "statements")
    op.create_index("statements_by_sentence", "statements", ["sentence", "current", "newest", "id"])
    # The order in which statements are shown, with all that narrows and counts them, so that the index alone answers.
    if postgresql:
        op.execute(f"CREATE INDEX statements_found ON statements (current, newest DESC NULLS LAST, id) INCLUDE ({FOUND})")
    else:
        op.execute(f"CREATE INDEX statements_found ON statements (current, newest DESC, id, {FOUND})")


def _copies_and_blocks() -> None:
    op.create_table("unrecorded", sa.Column("document", sa.String(64), sa.ForeignKey("documents.id"), primary_key=True))
    op.create_table(
        "copies",
        sa.Column("document", sa.String(64), sa.ForeignKey("documents.id"), primary_key=True),
        sa.Column("signature", sa.LargeBinary, nullable=False),
        sa.Column("family", sa.String(64), nullable=False),
        sa.Column("publisher", sa.Text, nullable=False),
        sa.Column("wire", sa.Text, nullable=False),
    )
    op.create_index("copies_by_family", "copies", ["family"])
    for name, key, kind in (("bands", "band", sa.String(32)), ("blocks", "block", sa.Text())):
        document = sa.Column("document", sa.String(64), sa.ForeignKey("documents.id"), primary_key=True)
        op.create_table(name, sa.Column(key, kind, primary_key=True), document, sqlite_with_rowid=False)
    op.create_index("blocks_by_document", "blocks", ["document"])


def _records() -> None:
    op.create_table(
        "records",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("type", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("start", sa.Date),
        sa.Column("end", sa.Date),
        sa.Column("country", sa.Text),
        sa.Column("origins", sa.Integer, nullable=False),
        sa.Column("learned_first", sa.DateTime),
        sa.Column("learned_last", sa.DateTime),
        sa.Column("newest", sa.Date),
        sa.Column("payload", sa.Text, nullable=False),
    )
    nulls = " NULLS LAST" if op.get_bind().dialect.name == "postgresql" else ""
    op.execute(f"CREATE INDEX records_found ON records (newest DESC{nulls}, id, kind, type, status, country, origins)")
    op.create_table(
        "record_statements",
        sa.Column("statement", sa.String(20), primary_key=True),
        sa.Column("record", sa.String(32), sa.ForeignKey("records.id"), nullable=False),
    )
    op.create_index("record_statements_by_record", "record_statements", ["record"])
    op.create_table(
        "record_changes",
        sa.Column("key", sa.Integer, primary_key=True),
        sa.Column("record", sa.String(32), nullable=False),
        sa.Column("change", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("others", sa.Text, nullable=False),
    )
    op.create_index("record_changes_by_record", "record_changes", ["record"])
    op.create_index("record_changes_by_time", "record_changes", ["at"])


def _text_of_any_accent() -> None:
    """PostgreSQL's search becomes what SQLite's is: accents do not matter, and no word is too common to be looked for."""
    op.execute("CREATE TEXT SEARCH DICTIONARY orbat_words (TEMPLATE = snowball, Language = english)")  # without stop words
    op.execute("CREATE TEXT SEARCH CONFIGURATION orbat (COPY = english)")
    op.execute("ALTER TEXT SEARCH CONFIGURATION orbat ALTER MAPPING REPLACE english_stem WITH orbat_words")
    op.execute("DROP INDEX sentence_index")
    marks = "[\u0300-\u036f]"
    op.execute(
        "ALTER TABLE sentences ADD COLUMN words tsvector GENERATED ALWAYS AS "
        f"(to_tsvector('orbat', regexp_replace(normalize(text, NFKD), '{marks}', '', 'g'))) STORED"
    )
    op.execute("CREATE INDEX sentence_index ON sentences USING gin (words)")
