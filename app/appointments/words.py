"""Names of places, states and reasons, as staff and participants read them."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from app.appointments.history import Step
from app.appointments.plan import PlanView
from app.appointments.queries import Appointment
from app.appointments.readings import Reading
from app.clock import local_day
from app.i18n import N_, Translator
from app.visit.identity import StaffMe
from app.visit.scope import ScopedParticipant
from app.web.appointment import Walls, on_both_walls

PLACES = {
    "clinic": N_("at the clinic"),
    "phone": N_("by phone"),
    "video": N_("by video call"),
}
# What it means for the participant.
PLACES_PLAIN = {
    "clinic": N_("You come to the study clinic."),
    "phone": N_("We call you. You can stay where you are."),
    "video": N_("We speak by video call. You can stay where you are."),
}
STATES = {
    "planned": N_("planned"),
    "unrecorded": N_("not recorded yet"),
    "attended": N_("took place"),
    "not_attended": N_("not attended"),
    "cancelled": N_("cancelled"),
}
ASKED_BY = {
    "participant": N_("The participant"),
    "clinic": N_("The clinic"),
}


def on_wall(
    said: str, one: Appointment, who: ScopedParticipant, me: StaffMe, tr: Translator
) -> str:
    """``said`` is when a session is on the clinic's wall: whose clock it is, if that matters."""
    return on_both_walls(said, one.at, one.place, Walls(who.timezone, me.timezone), tr)


def slot_words(at: datetime, place: str, walls: Walls, tr: Translator) -> str:
    """«24 Nov, 12:00», and on whose clock that is, if it matters."""
    return on_both_walls(tr.moment(at, walls.site), at, place, walls, tr)


def near_day(day: date, now: datetime, zone: str, tr: Translator) -> str:
    """«today», «tomorrow», «yesterday» on the wall of ``zone``; other days by their name."""
    words = {-1: tr("yesterday"), 0: tr("today"), 1: tr("tomorrow")}
    off = (day - local_day(now, zone)).days
    return words.get(off) or tr.day_inline(day, "EEE d MMM")


def near(moment: datetime, now: datetime, zone: str, tr: Translator) -> str:
    """«tomorrow, 11:00»."""
    return f"{near_day(local_day(moment, zone), now, zone, tr)}, {tr.time(moment, zone)}"


def day_at(moment: datetime, zone: str) -> date:
    """The day on the wall of ``zone``."""
    return local_day(moment, zone)


def ahead(span: timedelta, tr: Translator) -> str:
    """How long before the session: «20 minutes before», from two hours on in hours, then days."""
    minutes = max(int(span.total_seconds()) // 60, 0)
    hours, days = minutes // 60, minutes // (24 * 60)
    if hours < 2:
        return tr.n("%(num)s minute before", "%(num)s minutes before", minutes)
    if days < 2:
        return tr.n("%(num)s hour before", "%(num)s hours before", hours)
    return tr.n("%(num)s day before", "%(num)s days before", days)


def readings(
    found: Sequence[Reading], began: datetime, zone: str, tr: Translator
) -> list[tuple[str, str]]:
    """(when last, who and how long before) of everybody who opened the brief before it began."""
    lines = []
    for one in found:
        if one.latest is None:
            continue
        said = f"{one.name}, {ahead(began - one.latest, tr)}"
        if one.at != one.latest:
            said += " · " + tr("first %(when)s", when=tr.moment(one.at, zone))
        lines.append((tr.moment(one.latest, zone), said))
    return lines


def kept(view: PlanView, weeks: Collection[int], zone: str, tr: Translator) -> str:
    """«week 2 (Thu 3 Dec)» of every week that was left out because it has a session."""
    said = []
    for line in view.weeks:
        standing = [one for one in line.sessions if not one.cancelled_at]
        if line.week in weeks and standing:
            days = ", ".join(tr.day_inline(local_day(one.at, zone)) for one in standing)
            said.append(tr("week %(week)s (%(days)s)", week=line.week, days=days))
    return ", ".join(said)


WISHES = {
    "participant": N_("the participant asked for it"),
    "clinic": N_("the clinic asked for it"),
}


def steps(
    found: Sequence[Step], who: ScopedParticipant, me: StaffMe, tr: Translator
) -> list[tuple[str, str]]:
    """(when, what and by whom) of every step that has words; reading a note has none."""
    walls = Walls(who.timezone, me.timezone)
    said = [(one, _step(one, walls, tr)) for one in found]
    return [
        (tr.moment(one.at, walls.site), ", ".join(part for part in (text, *_by(one, tr)) if part))
        for one, text in said
        if text
    ]


def _step(one: Step, walls: Walls, tr: Translator) -> str:
    slot = slot_words(one.slot, one.place, walls, tr) if one.slot else ""
    if one.action == "plan":
        return tr("Planned for %(slot)s", slot=slot)
    if one.action == "move":
        return tr("Moved to %(slot)s", slot=slot)
    if one.action == "cancel":
        return tr("Cancelled")
    if one.action == "attendance":
        return tr("Recorded: came") if one.attended else tr("Recorded: did not come")
    return tr("Mark taken back") if one.action == "attendance_undo" else ""


def _by(one: Step, tr: Translator) -> list[str]:
    wish = WISHES.get(one.asked_by)
    return [*([tr(wish)] if wish else []), *([one.by] if one.by else [])]
