"""A few killed backups; the long run is ``make faults``."""

import pytest

from tests.faults import restoring


@pytest.mark.req("O3")
def test_a_killed_backup_is_no_backup_and_the_next_one_passes_the_drill(database):
    done = restoring.run(database, 2, entries=2000)
    assert done.faults == []
