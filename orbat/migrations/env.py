"""Alembic's entry point. ``Store.open`` hands over its own connection; the transaction is the caller's, all or nothing."""

from alembic import context

from orbat.tables import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
