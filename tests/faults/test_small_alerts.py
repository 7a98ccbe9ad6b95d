"""A small share of the run with killed workers; the whole of it is ``make faults``."""

import pytest

from tests.faults import alerts

pytestmark = pytest.mark.sweep


@pytest.mark.req("L2")
def test_killed_workers_and_a_moody_mail_server_lose_no_alert(database):
    done = alerts.run(database, 16, 3)
    assert done.faults == []
