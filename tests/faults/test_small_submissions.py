"""A small share of the run with killed servers; the whole of it is ``make faults``."""

import pytest

from tests.faults import submissions

pytestmark = pytest.mark.sweep


@pytest.mark.req("R7")
@pytest.mark.req("R14")
def test_what_was_acknowledged_survives_killed_servers_once_and_whole(database):
    done = submissions.run(database, 150, processes=1)
    assert done.faults == []
