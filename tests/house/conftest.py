"""The whole cast signed in, rows in every table, and an app with routes that go wrong."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from sqlalchemy import select, update

from app import audit, main
from app.audit import Subject
from app.db import Database
from app.main import create_app
from app.models.people import AUTH_SESSION, PARTICIPANT, PASSKEY_CHALLENGE, STAFF, Staff
from tests.browser import Browser, running
from tests.cast import NOW, Cast, participant_session, password_hash, staff_session
from tests.conftest import Clock
from tests.house.crawl import OWN
from tests.house.phone import DAY, ENCODED, address, begun
from tests.house.tables import sow

BORIS, VERA = "borisborisborisb", "veraveraveravera"


@pytest.fixture
def people(browser: Browser, database: Database, cast: Cast, clock: Clock) -> dict[str, Browser]:
    """One browser for every role, and one for nobody."""
    staff = {
        "counselor": cast.petrova,
        "coordinator": cast.orlova,
        "investigator": cast.ivanova,
        "admin": cast.admin,
        **_beside(database, cast, clock()),
    }
    everybody = {
        role: browser.signed_in(staff_session(database, who, clock()))
        for role, who in staff.items()
    }
    everybody["participant"] = browser.signed_in(participant_session(database, cast.anna, clock()))
    everybody["nobody"] = browser.another()
    with database.write() as session:
        one = session.execute(select(AUTH_SESSION.c.id)).scalars().first()
        asked = {"session_id": one, "purpose": "show", "challenge_hash": "0" * 64}
        session.execute(PASSKEY_CHALLENGE.insert(), {**asked, "expires_at": clock()})
    return everybody


def _beside(database: Database, cast: Cast, now: datetime) -> dict[str, int]:
    """Who works with the record and is no part of any story of the cast."""
    found = {}
    with database.write() as session:
        for role in ("monitor", "data_manager"):
            one = Staff(
                site_id=cast.site,
                email=f"{role}@clinic.test",
                name=f"Some {role.title()}",
                role=role,
                password_hash=password_hash(),
                created_at=now,
            )
            session.add(one)
            session.flush()
            found[role] = one.id or 0
        audit.record(session, audit.SYSTEM, "test.staff", Subject("site", cast.site), now=now)
    return found


@pytest.fixture
def ids(database: Database, cast: Cast) -> dict[str, str]:
    """What ANNA has begun."""
    return begun(database, cast.anna)


@pytest.fixture
def send(anna: Browser, ids: dict[str, str]) -> Callable[..., Any]:
    """Posts a body to a route's address on ANNA's phone."""
    anna.post(f"/day/{DAY}/other", {"substance": "cannabis", "idem": "o1"})

    def post(path: str, body: Any, **headers: str) -> Any:
        return anna.post(address(path, ids), None, content=body, headers={**ENCODED, **headers})

    return post


@pytest.fixture
def sown(database: Database, cast: Cast) -> Database:
    """A row in every table about ANNA, BORIS and VERA, each under a public id of their own, which
    their counselor has as well."""
    rows = (
        (cast.anna, cast.site, cast.petrova, OWN),
        (cast.boris, cast.site, cast.sokolov, BORIS),
        (cast.vera, cast.other_site, cast.volkova, VERA),
    )
    for participant, site, counselor, public_id in rows:
        with database.write() as session:
            _sow_for(session, participant, site, counselor, public_id)
    return database


def _sow_for(session: Any, participant: int, site: int, counselor: int, public_id: str) -> None:
    person: Any = PARTICIPANT
    session.execute(update(person).where(person.c.id == participant).values(public_id=public_id))
    session.execute(update(STAFF).where(STAFF.c.id == counselor).values(public_id=public_id))
    known = {
        "participant": participant,
        "participant_id": participant,
        "participant_contact": participant,
        "usual_drink": participant,
        "site": site,
        "site_id": site,
        "staff": counselor,
        "staff_id": counselor,
        "public_id": public_id,
        "auth_session": None,  # the people's own sessions are rows enough
        "passkey_challenge": None,  # theirs too
        "timezone": "Europe/Moscow",
    }
    sow(session, known)
    # In the chain of the site, so that the page of an entry has one to show.
    actor, subject = audit.system(site), Subject("participant", participant)
    audit.record(session, actor, "test.sow", subject, now=NOW)


@pytest.fixture
def planted(
    database: Database, cast: Cast, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Callable[[APIRouter], Any]:
    """The real app with one more room, for routes that go wrong on purpose."""

    def build(router: APIRouter) -> FastAPI:
        monkeypatch.setattr(main, "ROOMS", (*main.ROOMS, SimpleNamespace(router=router)))
        return create_app(database.settings, database, clock)

    @contextmanager
    def run(router: APIRouter) -> Iterator[Browser]:
        with running(build(router)) as browser:
            yield browser

    return run
