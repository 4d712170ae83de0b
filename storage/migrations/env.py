"""Runs the migrations on the connection that storage.migrate hands over."""

from __future__ import annotations

from alembic import context

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=context.config.attributes["metadata"],
    transaction_per_migration=True,
    # SQLite changes most tables by rebuilding them.
    render_as_batch=context.config.attributes["sqlite"],
)
with context.begin_transaction():
    context.run_migrations()
connection.commit()
