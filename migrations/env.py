"""Runs migrations in one transaction of our own, with foreign keys off and then checked.

Alembic's batch mode drops and renames tables: with foreign keys on, SQLite would delete
the child rows silently.
"""

from alembic import context
from sqlalchemy import Connection

from app import models  # noqa: F401  (fills the metadata)
from app.models.base import metadata


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        transactional_ddl=False,
    )
    context.run_migrations()


run(context.config.attributes["connection"])
