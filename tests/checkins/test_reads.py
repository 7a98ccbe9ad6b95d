"""What one quiet check-in asks the database: few statements, each through an index."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from tests.flags.record import CLUSTER, check_in

QUIET = {"alcohol_craving": "3", "opioid_craving": "2", "method": "each", "idem": "q1"}
# The last of them lets go of what the page kept of an answer that could not be taken.
# PostgreSQL takes the turn of the person besides, where SQLite has one writer.
MOST = {"sqlite": 13, "postgresql": 14}
# The end of the audit trail is the last row of its table: found, not searched for.
FROM_THE_END = "SCAN audit_entry"


@pytest.fixture
def asked(anna, database, cast, clock) -> list[tuple[str, Any]]:
    """Statements and values of one check-in of somebody with a flag on record."""
    check_in(database, cast.anna, clock() - timedelta(hours=30), CLUSTER)
    found: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        found.append((statement, values))

    event.listen(database.writing, "before_cursor_execute", note)
    assert anna.post("/today/urges", QUIET).headers["location"] == "/today"
    event.remove(database.writing, "before_cursor_execute", note)
    return found


def test_a_quiet_checkin_is_few_statements(asked, backend):
    listed = [statement for statement, _ in asked if not statement.startswith("BEGIN")]
    assert len([one for one in listed if "advisory" not in one]) <= MOST[backend], listed


def test_no_read_of_a_checkin_walks_through_a_table(asked, database, backend):
    if backend != "sqlite":
        pytest.skip("PostgreSQL reads small tables whole, whatever indexes there are")
    walked, reads = [], [one for one in asked if one[0].startswith("SELECT")]
    with database.engine.connect() as connection:
        for statement, values in reads:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            walked += [row[3] for row in plan if row[3].startswith("SCAN")]
    assert len(reads) >= 6
    assert set(walked) <= {FROM_THE_END}
