"""A small share of the run with killed workers; the whole of it is ``make faults``."""

from tests.faults import alerts


def test_killed_workers_and_a_moody_mail_server_lose_no_alert(database):
    done = alerts.run(database, 16, 3)
    assert done.faults == []
