"""What a simulated person tells, as rows of the tables. Pure.

The services make the same rows of it; a test holds both to it. Ids, public ids and tokens are left
to the caller.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from app.demo.entries import answers_of, drinks_of, seconds_on, uses_of
from app.demo.told import CheckinTold, DoseTold, DrinksTold, NoteTold, SubstancesTold
from app.diary.days import provenance_of
from app.instruments.loader import load_instrument
from app.instruments.scoring import answered_at_all, merged
from app.timeline.events import Use
from app.timeline.measures import grams, grams_of

Row = dict[str, Any]


def dose_row(who: int, zone: str, told: DoseTold) -> Row:
    values = {"taken": told.taken, "at": told.taken_at, "mg": None, "reason": told.reason}
    return {**_of_day(who, zone, told), **values, "hold": False}


def drinks_row(who: int, zone: str, told: DrinksTold) -> Row:
    items = [
        {**asdict(one), "grams": round(grams(one.ml, one.abv, one.count), 3)}
        for one in drinks_of(told)
    ]
    values = {"items": items, "grams": grams_of(drinks_of(told)), "best_guess": told.best_guess}
    return {**_of_day(who, zone, told), **values, "last_drink_at": None}


def substances_row(who: int, zone: str, told: SubstancesTold) -> Row:
    items = [
        {name: value for name, value in _plain(one).items() if value is not None}
        for one in uses_of(told)
    ]
    return {**_of_day(who, zone, told), "items": items}


def _plain(use: Use) -> Row:
    return {**asdict(use), "at": use.at.isoformat() if use.at else None}


def _of_day(who: int, zone: str, told: DoseTold | DrinksTold | SubstancesTold) -> Row:
    return {
        "participant_id": who,
        "day": told.day,
        "received_at": told.at,
        "client_at": None,
        "provenance": provenance_of(told.day, told.at, zone),
        "superseded_at": None,
        "replaces_id": None,
        "void": False,
    }


def checkin_row(
    who: int, language: str, told: CheckinTold, closing: timedelta, until: datetime
) -> Row:
    """``closing``: how long a check-in may lie unfinished; ``until``: where the story stops."""
    due = None if told.finished_at else told.pages[-1].at + closing
    return {
        "participant_id": who,
        "instrument": told.instrument,
        "version": load_instrument(told.instrument).version,
        "language": language,
        "layout": "pages",
        "started_at": told.at,
        "finished_at": told.finished_at,
        "due_at": due if due and due > until else None,
        "provenance": "same_day",
        "client_at": None,
    }


def page_rows(checkin_id: int, told: CheckinTold) -> list[Row]:
    return [
        {
            "checkin_id": checkin_id,
            "page": page.page,
            "revision": 1,
            "method": page.method,
            "ratings": dict(page.ratings),
            "signs": list(page.signs),
            "texts": {},
            "received_at": page.at,
            "seconds": seconds_on(told, place),
            "reason": None,
        }
        for place, page in enumerate(told.pages)
    ]


def judged_at(told: CheckinTold, closing: timedelta, until: datetime) -> datetime | None:
    """When the rules see the check-in: finished, or left open for ``closing``; None: not yet."""
    if not answered_at_all(answers_of(page) for page in told.pages):
        return None
    at = told.finished_at or told.pages[-1].at + closing
    return at if at <= until else None


def judgement_row(checkin_id: int, told: CheckinTold, at: datetime) -> Row:
    ratings, signs = merged(answers_of(page) for page in told.pages)
    return {
        "checkin_id": checkin_id,
        "n": 1,
        "at": at,
        "complete": told.finished_at is not None,
        "ratings": ratings,
        "signs": signs,
    }


def note_row(who: int, told: NoteTold) -> Row:
    return {"participant_id": who, "at": told.at, "text": told.text}
