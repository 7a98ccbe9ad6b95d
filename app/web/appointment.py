"""When a session is, in words that say on whose clock. Pure.

Whoever comes to the clinic reads the clinic's wall; whoever is called reads their own. Where the
two walls show the same there is nothing to add.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from app.clock import local, local_day
from app.i18n import Translator

CLINIC = "clinic"


@dataclass(frozen=True, slots=True)
class Walls:
    """The clock of the participant and the clock of the clinic."""

    person: str
    site: str

    def differ(self, at: datetime) -> bool:
        return local(at, self.person).utcoffset() != local(at, self.site).utcoffset()

    def of(self, place: str) -> str:
        """The one that a session at ``place`` goes by for the participant."""
        return self.site if place == CLINIC else self.person

    def day(self, at: datetime, place: str) -> date:
        return local_day(at, self.of(place))


class Signed(Protocol):
    """A participant who is signed in."""

    @property
    def timezone(self) -> str: ...
    @property
    def site_timezone(self) -> str: ...


def walls_of(me: Signed) -> Walls:
    return Walls(me.timezone, me.site_timezone)


def theirs(at: datetime, place: str, walls: Walls, tr: Translator, *, inline: bool = False) -> str:
    """For the participant: «Wednesday, 25 November, 12:00, clinic time»."""
    day = walls.day(at, place)
    said = tr.day_inline(day, "EEEE, d MMMM") if inline else tr.day(day)
    return _whose(f"{said}, {tr.time(at, walls.of(place))}", at, place, walls, tr)


def theirs_short(at: datetime, place: str, walls: Walls, tr: Translator) -> str:
    """For the participant: «25 Nov, 12:00, clinic time»."""
    return _whose(tr.moment(at, walls.of(place)), at, place, walls, tr)


def their_hour(at: datetime, place: str, walls: Walls, tr: Translator) -> str:
    """For the participant, of a day that is named already: «12:00, clinic time»."""
    return _whose(tr.time(at, walls.of(place)), at, place, walls, tr)


def told_hour(at: datetime, place: str, walls: Walls, tr: Translator) -> str:
    """The same hour for staff: «10:00, the participant’s time»."""
    said = tr.time(at, walls.of(place))
    if place == CLINIC or not walls.differ(at):
        return _whose(said, at, place, walls, tr)
    return tr("%(when)s, the participant’s time", when=said)


def their_moment(at: datetime, zone: str, site: str, tr: Translator) -> str:
    """For staff, what the participant's clock showed: «22 Nov, 23:30, the participant’s time»."""
    said = tr.moment(at, zone)
    if not Walls(zone, site).differ(at):
        return said
    return tr("%(when)s, the participant’s time", when=said)


def _whose(said: str, at: datetime, place: str, walls: Walls, tr: Translator) -> str:
    if not walls.differ(at):
        return said
    if place == CLINIC:
        return tr("%(when)s, clinic time", when=said)
    return tr("%(when)s, your time", when=said)


def on_both_walls(said: str, at: datetime, place: str, walls: Walls, tr: Translator) -> str:
    """``said`` is the time on the clinic's wall; of a call it is told what the other one shows."""
    if not walls.differ(at):
        return said
    if place == CLINIC:
        return tr("%(when)s, clinic time", when=said)
    same = local_day(at, walls.person) == local_day(at, walls.site)
    other = tr.time(at, walls.person) if same else tr.moment(at, walls.person)
    return tr("%(when)s, clinic time (%(other)s for the participant)", when=said, other=other)
