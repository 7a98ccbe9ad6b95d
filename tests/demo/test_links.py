"""One-time links into the demo: they open the right door, once."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from app.db import Database
from app.demo.links import sign_in_links
from app.signin import arrival, staff
from bench.crowd.bulk import fill_bulk

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)


def test_every_role_gets_a_link_that_works_once(database: Database) -> None:
    fill_bulk(database, 6, 1, 1, NOW, flags=False)
    links = sign_in_links(database, NOW)
    labels = [label for label, _ in links]
    assert len(labels) == len(set(labels))
    assert {"participant ru", "counselor", "coordinator", "admin"} <= set(labels)
    base = database.settings.base_url
    for label, url in links:
        assert url.startswith(base)
        parts = urlsplit(url)
        with database.write() as session:
            if label.startswith("participant"):
                assert parts.path == "/start"
                found = arrival.enter(session, parts.fragment, NOW)
                assert arrival.save_code(session, found, "hash", None, NOW, "r")
                assert arrival.enter(session, parts.fragment, NOW) is None
            else:
                assert parts.path == "/sign-in/link"
                assert staff.use_link(session, parts.fragment, NOW, "r") is not None
                assert staff.use_link(session, parts.fragment, NOW, "r") is None


def test_new_links_end_the_invitations_before(database: Database) -> None:
    fill_bulk(database, 2, 1, 1, NOW, flags=False)
    before = dict(sign_in_links(database, NOW))
    after = dict(sign_in_links(database, NOW))
    with database.write() as session:
        for label, url in after.items():
            if label.startswith("participant"):
                assert arrival.enter(session, urlsplit(before[label]).fragment, NOW) is None
                assert arrival.enter(session, urlsplit(url).fragment, NOW) is not None


def test_an_empty_database_has_no_links(database: Database) -> None:
    assert sign_in_links(database, NOW) == []
