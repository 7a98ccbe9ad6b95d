"""Who of a site is notified of a flag, and who after them. Pure.

The site's list has an order. Somebody who is away stands aside for whoever covers; one outside
of their hours is passed over while somebody else is reached. A list is never passed over whole:
a mail that comes at a bad hour is better than none.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.visit.roles import LEADS_SITE, may


@dataclass(frozen=True, slots=True)
class Recipient:
    """A staff member with a usable address. Minutes are of the site's day, 0 to 1440.

    ``position`` is the place on the site's list, None outside of it; no ``weekdays`` means
    always.
    """

    staff_id: int
    email: str
    language: str
    role: str
    position: int | None
    is_counselor: bool
    weekdays: tuple[int, ...] = ()
    from_minute: int = 0
    until_minute: int = 1440
    absent_from: date | None = None
    absent_until: date | None = None
    cover_id: int | None = None

    def away(self, wall: datetime) -> bool:
        """Absent on the day of ``wall``, a moment by the site's clock; both ends included."""
        if self.absent_from is None or wall.date() < self.absent_from:
            return False
        return self.absent_until is None or wall.date() <= self.absent_until

    def on_duty(self, wall: datetime) -> bool:
        """Within the hours at which this person is reached; without days, on every day."""
        minute = wall.hour * 60 + wall.minute
        on_day = not self.weekdays or wall.isoweekday() in self.weekdays
        return on_day and self.from_minute <= minute < self.until_minute


def first_notified(recipients: Sequence[Recipient], wall: datetime) -> list[Recipient]:
    """For what waits some hours: the first who is reached, and the counselor."""
    listed = _pick(_list(recipients, wall), wall)
    counselors = _present([one for one in recipients if one.is_counselor], recipients, wall)
    found = _once([*listed[:1], *counselors])
    return found or [one for one in recipients if may(one.role, LEADS_SITE)]


def all_notified(recipients: Sequence[Recipient], wall: datetime) -> list[Recipient]:
    """For what cannot wait: the whole list, their covers, and the counselor, whatever the hour."""
    listed = [one for one in recipients if one.position is not None]
    counselors = [one for one in recipients if one.is_counselor]
    covers = _list(recipients, wall) + _present(counselors, recipients, wall)
    found = _once([*listed, *counselors, *covers])
    return found or [one for one in recipients if may(one.role, LEADS_SITE)]


def next_notified(
    recipients: Sequence[Recipient], notified: Collection[int], wall: datetime
) -> Recipient | None:
    """The next on the list after those who were notified; None once the last was."""
    left = [one for one in _list(recipients, wall) if one.staff_id not in notified]
    picked = _pick(left, wall)
    return picked[0] if picked else None


def _list(recipients: Sequence[Recipient], wall: datetime) -> list[Recipient]:
    """The site's list in its order, with covers in the place of those who are away."""
    listed = [one for one in recipients if one.position is not None]
    listed.sort(key=lambda one: (one.position or 0, one.staff_id))
    return _present(listed, recipients, wall) or listed


def _present(
    some: Iterable[Recipient], all_: Sequence[Recipient], wall: datetime
) -> list[Recipient]:
    by_id = {one.staff_id: one for one in all_}
    found = []
    for one in some:
        stands = by_id.get(one.cover_id or 0) if one.away(wall) else one
        if stands is not None and not stands.away(wall):
            found.append(stands)
    return _once(found)


def _pick(recipients: Sequence[Recipient], wall: datetime) -> list[Recipient]:
    """Those on duty in order, then the rest."""
    return sorted(recipients, key=lambda one: not one.on_duty(wall))


def _once(recipients: Iterable[Recipient]) -> list[Recipient]:
    return list({one.staff_id: one for one in recipients}.values())
