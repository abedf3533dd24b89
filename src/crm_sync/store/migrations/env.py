"""Where alembic begins: it migrates the connection that it is handed, inside that connection's transaction."""

from __future__ import annotations

from alembic import context

from crm_sync.store.schema import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
