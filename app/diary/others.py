"""Other substances of a day: which classes, and then how and how much. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time

from app.i18n import N_, Translator
from app.instruments.vocabulary import ROUTES, SUBSTANCES
from app.timeline.days import at_local
from app.timeline.events import Use
from app.typed import plain

_TIME = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])")
NOTE_LENGTH = 200
WRONG_TIME = N_("Please enter a time, for example 23:30.")
LATER = N_("That time is still to come.")


def read_time(typed: str) -> time | None:
    """A wall-clock time as a phone or a person writes it; raises ValueError."""
    words = plain(typed)
    if not words:
        return None
    found = _TIME.fullmatch(words)
    if found is None:
        raise ValueError(WRONG_TIME)
    return time(int(found[1]), int(found[2]))


def moment_on(day: date, typed: str, zone: str, now: datetime) -> datetime | None:
    """The moment at which the wall clock of ``day`` showed ``typed``; raises ValueError."""
    clock = read_time(typed)
    if clock is None:
        return None
    moment = at_local(day, clock, zone)
    if moment > now:
        raise ValueError(LATER)
    return moment


def read_classes(
    fields: Mapping[str, list[str]], tr: Translator
) -> tuple[tuple[str, ...], dict[str, str]]:
    """The classes ticked, () for "none" said outright, and errors by field."""
    if set(fields) - {"none", "substance", "from"}:
        return (), {"": tr("This page has no such field.")}
    sent = fields.get("substance", [])
    if set(sent) - set(SUBSTANCES) or len(set(sent)) != len(sent):
        return (), {"substance": tr("Choose one of the answers shown.")}
    if "none" in fields and sent:
        return (), {
            "none": tr("Something is marked on this page. Unmark it, or press Save and continue.")
        }
    if "none" not in fields and not sent:
        return (), {"none": tr("Mark what there was, or choose “Nothing else that day”.")}
    return tuple(code for code in SUBSTANCES if code in sent), {}


def chosen(codes: Sequence[str], former: Sequence[Use]) -> list[Use]:
    """The uses of ``codes``; what was said before about the same class stays."""
    kept = {use.substance: use for use in former}
    return [kept.get(code, Use(code)) for code in codes]


def read_details(
    uses: Sequence[Use],
    fields: Mapping[str, list[str]],
    day: date,
    zone: str,
    now: datetime,
    tr: Translator,
) -> tuple[list[Use], dict[str, str]]:
    """Each use with its route, time and note (``route-opioid`` …), and errors by field."""
    known = {f"{part}-{use.substance}" for use in uses for part in ("route", "time", "note")}
    if set(fields) - known or any(len(sent) > 1 for sent in fields.values()):
        return [], {"": tr("This page has no such field.")}
    errors: dict[str, str] = {}
    found = []
    for use in uses:
        route, when, note = (
            (fields.get(f"{part}-{use.substance}") or [""])[0].strip()
            for part in ("route", "time", "note")
        )
        if route and route not in ROUTES:
            errors[f"route-{use.substance}"] = tr("Choose one of the answers shown.")
        if len(note) > NOTE_LENGTH:
            errors[f"note-{use.substance}"] = tr(
                "Too long: at most %(limit)s characters.", limit=NOTE_LENGTH
            )
        try:
            at = moment_on(day, when, zone, now)
        except ValueError as problem:
            errors[f"time-{use.substance}"] = tr(str(problem))
            at = None
        found.append(replace(use, route=route or None, at=at, note=note or None))
    return found, errors
