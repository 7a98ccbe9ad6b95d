"""Names of places, states and reasons, as staff and participants read them."""

from collections.abc import Sequence
from datetime import date, datetime

from app.clock import local_day
from app.i18n import N_, Translator
from app.sessions.history import Step
from app.sessions.readings import Reading

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


def when_words(moment: datetime, zone: str, tr: Translator) -> str:
    """«Wednesday, 25 November, 10:00» on the clock of ``zone``."""
    return f"{tr.day(local_day(moment, zone))}, {tr.time(moment, zone)}"


def day_at(moment: datetime, zone: str) -> date:
    """The day on the wall of ``zone``."""
    return local_day(moment, zone)


def readings(found: Sequence[Reading], zone: str, tr: Translator) -> list[tuple[str, str]]:
    """(when, who) of everybody who opened the brief."""
    return [(tr.moment(one.at, zone), one.name) for one in found]


WISHES = {
    "participant": N_("the participant asked for it"),
    "clinic": N_("the clinic asked for it"),
}


def steps(found: Sequence[Step], zone: str, tr: Translator) -> list[tuple[str, str]]:
    """(when, what and by whom) of every step that has words; reading a note has none."""
    said = [(one, _step(one, zone, tr)) for one in found]
    return [
        (tr.moment(one.at, zone), ", ".join(part for part in (text, *_by(one, tr)) if part))
        for one, text in said
        if text
    ]


def _step(one: Step, zone: str, tr: Translator) -> str:
    slot = tr.moment(one.slot, zone) if one.slot else ""
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
