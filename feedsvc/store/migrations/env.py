"""How the migration tool reaches the store: over the connection that feedsvc.store.schema opened."""

from alembic import context

from feedsvc.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite can alter few things in place; batch mode copies a table where it must.
    render_as_batch=True,
    # The caller's transaction holds every step, so that an upgrade is all or nothing.
    transactional_ddl=False,
)
context.run_migrations()
