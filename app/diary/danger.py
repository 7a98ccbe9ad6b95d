"""A day's entry that cannot wait, acted on although its form was refused or met the lock.

Opioids beside tablets that were not taken, a tablet shortly before a reaction, or heavy drinking
before a danger sign are such: which of the two is told last does not matter, so every form of a
day is asked. What can be read of it is stored and seen by the rules, and stands only if they call
it an emergency; all else waits for its correction. Behind the lock the gate keeps the form.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from starlette.responses import Response

from app.db import undone_unless
from app.diary import others, same_routes
from app.diary.day_pages import writable
from app.diary.days import day_meant, day_typed
from app.diary.drinks import last_moment, read_day_form
from app.diary.queries import read_day, read_doses
from app.diary.same import SameForm, meant
from app.diary.service import (
    About,
    Recorded,
    record_dose,
    record_drinks,
    record_substances,
    take_back_dose,
)
from app.instruments.vocabulary import SUBSTANCES
from app.sent.closing import FIELD
from app.sent.once import arrived, remember
from app.sent.stop import KIND, stop_page, told_by
from app.timeline.events import Use
from app.visit.visits import ParticipantVisit, Visit
from app.web.errors import NotFound
from app.web.pages import tr_of


@dataclass(frozen=True, slots=True)
class Sent:
    """A form of a participant, and the day that its address names."""

    visit: ParticipantVisit
    named: date | None

    @property
    def day(self) -> date:
        """The day that is told of, while it can be filled in. Raises NotFound."""
        typed = self.named or day_typed(self.visit.form.one("day"))
        day = day_meant(typed, self.visit.form.client_at, self.visit.now, self.visit.me.timezone)
        writable(self.visit, day)
        return day

    @property
    def about(self) -> About:
        me = self.visit.me
        return About(
            me.id, me.timezone, self.day, me.actor, self.visit.now, self.visit.form.client_at
        )


Entry = Callable[[], Recorded]


def act_first(visit: Visit) -> Response | None:
    """The help page if ``form`` said something of a day that cannot wait; None if it did not."""
    if not isinstance(visit, ParticipantVisit):
        return None
    path = visit.request.url.path
    found = ((re.fullmatch(pattern, path), read) for pattern, read in FORMS)
    match, read = next((one for one in found if one[0]), (None, None))
    if match is None or read is None:
        return None
    typed = match.groupdict().get("day")
    day = day_typed(typed) if typed else None
    if typed and day is None:
        return None  # no such day: what was told is not of today
    acted = _acted(Sent(visit, day), read)
    return stop_page(visit.request, visit.form, path, "emergency") if acted else None


def _acted(sent: Sent, read: Callable[[Sent], Iterator[Entry]]) -> bool:
    """Whether what the form says is an emergency, now or when it was sent before."""
    path = sent.visit.request.url.path
    named = told_by(sent.visit.form, (f"{name}={value}" for name, value in sent.visit.form.pairs()))
    if arrived(sent.visit, KIND, path, named):
        return True
    try:
        entries = list(read(sent))
    except NotFound:
        return False
    for entry in entries:
        with undone_unless(sent.visit.session) as stands:
            done = entry()
            urgent = done.outcome.worst == "emergency"
            stands(urgent)
        if urgent:
            remember(sent.visit, KIND, done.id, path, named)
            return True
    return False


def _classes(sent: Sent) -> Iterator[Entry]:
    """What is marked joins what was told before: a fault takes nothing away."""
    marked = {code for code in sent.visit.form.fields.get("substance", []) if code in SUBSTANCES}
    former = _own_uses(sent)
    known = {use.substance for use in former}
    if marked - known:
        codes = [code for code in SUBSTANCES if code in marked | known]
        yield lambda: record_substances(
            sent.visit.session, sent.about, others.chosen(codes, former)
        )


def _details(sent: Sent) -> Iterator[Entry]:
    """Of the details the time alone is one for the rules."""
    former = _own_uses(sent)
    found = [replace(use, at=_time(sent, f"time-{use.substance}") or use.at) for use in former]
    if found != list(former):
        yield lambda: record_substances(sent.visit.session, sent.about, found)


def _own_uses(sent: Sent) -> tuple[Use, ...]:
    record = read_day(sent.visit.session, sent.visit.me.id, sent.day).others
    return tuple(record.items) if record and record.own else ()


def _dose(sent: Sent) -> Iterator[Entry]:
    """Of two answers either may be the danger."""
    doses = [one for one in read_doses(sent.visit.session, sent.visit.me.id, sent.day) if one.own]
    entry = next((one for one in doses if str(one.id) == sent.visit.form.one("entry")), None)
    former = entry or (doses[-1] if doses else None)
    another = "another" in sent.visit.form.fields
    for answer in ("not_taken", "taken"):
        if answer in sent.visit.form.fields.get("answer", []):
            yield lambda taken=answer == "taken": record_dose(  # type: ignore[misc]
                sent.visit.session,
                sent.about,
                taken=taken,
                at=_time(sent, "time") or (former.at if former else None) if taken else None,
                entry=entry.id if entry and not another else None,
                another=another,
            )


def _back(sent: Sent) -> Iterator[Entry]:
    """Without one of several tablets the day may be one on which none was taken."""
    own = {
        str(one.id): one.id
        for one in read_doses(sent.visit.session, sent.visit.me.id, sent.day)
        if one.own
    }
    about = replace(sent.about, reason="slip")
    for named in sent.visit.form.fields.get("entry", []) if len(own) > 1 else []:
        if named in own:
            yield lambda entry=own[named]: take_back_dose(  # type: ignore[misc]
                sent.visit.session, about, entry
            )


def _drinks(sent: Sent) -> Iterator[Entry]:
    fields = {
        name: sent_all[:1]
        for name, sent_all in sent.visit.form.fields.items()
        if name not in ("from", FIELD)
    }
    answer = read_day_form(fields, tr_of(sent.visit.request))
    try:
        last = last_moment(sent.day, answer.last, sent.visit.me.timezone, sent.visit.now)
    except ValueError:
        last = None
    if answer.items:
        yield lambda: record_drinks(
            sent.visit.session, sent.about, answer.items, last_drink_at=last
        )


def _same(sent: Sent) -> Iterator[Entry]:
    """Blank days that were like one with opioids."""
    blanks, offered = same_routes.offered(sent.visit)
    try:
        told = SameForm(**{name: sent.visit.form.one(name) for name in SameForm.model_fields})
    except ValueError:
        return
    like = next((one for one in offered if one.value == told.like), None)
    days = meant(told, blanks)
    if like and days:

        def fill() -> Recorded:
            row, outcome = same_routes.fill(sent.visit, days, like)
            return Recorded(row, "", outcome)

        yield fill


def _time(sent: Sent, name: str) -> datetime | None:
    """A time of the day, as far as it is one."""
    try:
        return others.moment_on(
            sent.day, sent.visit.form.one(name), sent.visit.me.timezone, sent.visit.now
        )
    except ValueError:
        return None


DAY = r"/day/(?P<day>\d{4}-\d\d-\d\d)"
FORMS: tuple[tuple[str, Callable[[Sent], Iterator[Entry]]], ...] = (
    (DAY, _drinks),
    (f"{DAY}/other", _classes),
    (f"{DAY}/other/more", _details),
    (f"{DAY}/dose", _dose),
    (f"{DAY}/dose/back", _back),
    ("/today/dose", _dose),
    ("/calendar/same", _same),
)
