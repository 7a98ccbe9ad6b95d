"""A short lock by another process; the long one is ``make faults``."""

from tests.faults import locks


def test_a_locked_database_is_an_honest_503_in_time_and_reads_go_on(database):
    done = locks.run(database, 6.0)
    assert done.faults == []
