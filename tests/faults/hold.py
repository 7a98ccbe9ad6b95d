"""Another process that holds the database: ``python -m tests.faults.hold SECONDS``.

It prints a line when it holds the lock and one before it lets go, by itself.
"""

import sys
from time import sleep

from sqlalchemy import text

from app.db import Database
from app.settings import Settings


def main(seconds: float) -> None:
    database = Database(Settings())
    with database.open(write=True) as session:
        if database.uses_sqlite:
            session.connection()  # BEGIN IMMEDIATE
        else:
            session.execute(text("LOCK TABLE audit_entry IN SHARE ROW EXCLUSIVE MODE"))
        print("held", flush=True)
        sleep(seconds)
        print("free", flush=True)
        session.rollback()
    database.close()


if __name__ == "__main__":
    main(float(sys.argv[1]))
