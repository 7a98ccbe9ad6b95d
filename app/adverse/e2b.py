"""What is known of an event by the field numbers of ICH E2B(R3), to be typed in by hand. Pure.

A draft for people: nothing here was validated against a portal, and what the product does not know
is left for whoever fills the form in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from app.adverse import words
from app.adverse.queries import ScopedEvent, Version
from app.i18n import N_, Translator
from app.protocol.model import Protocol

# The codes of the standard for our categories.
OUTCOME = {
    "recovered": 1,
    "recovering": 2,
    "not_recovered": 3,
    "sequelae": 4,
    "fatal": 5,
    "unknown": 0,
}
ACTION = {
    "stopped": 1,
    "reduced": 2,
    "unchanged": 4,
    "unknown": 0,
    "not_applicable": 9,
}
# What is not known has no code.
RECURRENCE = {"returned": 1, "not_returned": 2, "not_tried": 4}
STUDY, TRIAL, SUSPECT = N_("study"), N_("clinical trial"), N_("suspect")
MALE, FEMALE = N_("Male"), N_("Female")
SERIOUS = (
    ("E.i.3.2a", "death", N_("Seriousness: death")),
    ("E.i.3.2b", "life_threatening", N_("Seriousness: life in danger")),
    ("E.i.3.2c", "hospital", N_("Seriousness: hospital")),
    ("E.i.3.2d", "disability", N_("Seriousness: disability")),
    ("E.i.3.2e", "birth_defect", N_("Seriousness: malformation of a child")),
    ("E.i.3.2f", "important", N_("Seriousness: otherwise important")),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One field of the form; an empty ``value`` is left for whoever fills it in."""

    number: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Case:
    """Everything the form is filled from."""

    event: ScopedEvent
    version: Version
    protocol: Protocol
    site: str
    zone: str
    first_dose: date | None
    last_dose: date | None
    expedited: bool
    now: datetime


def rows(case: Case, tr: Translator) -> list[Row]:
    """The fields in the order of the standard."""
    return [
        *(Row(number, tr(name), value) for number, name, value in _case(case, tr)),
        *(Row(number, tr(name), value) for number, name, value in _person(case, tr)),
        *(Row(number, tr(name), value) for number, name, value in _reaction(case, tr)),
        *(Row(number, tr(name), value) for number, name, value in _drug(case, tr)),
        *(Row(number, tr(name), value) for number, name, value in _told(case)),
    ]


Fields = Iterator[tuple[str, str, str]]


def _case(case: Case, tr: Translator) -> Fields:
    aware = [one.aware_at for one in case.event.versions if one.aware_at]
    yield "C.1.1", N_("Number of the report at the sender"), f"{case.site} {case.event.name}"
    yield "C.1.2", N_("Made on (UTC)"), _moment(case.now)
    yield "C.1.3", N_("Kind of report"), f"2 ({tr(STUDY)})"
    yield "C.1.4", N_("First known to the site (UTC)"), _moment(min(aware, default=None))
    yield "C.1.5", N_("Newest information (UTC)"), _moment(case.version.aware_at)
    yield "C.1.7", N_("To be reported fast by the clocks of the protocol"), _yes(case.expedited)
    yield "C.2.r.2.1", N_("Reporter: organisation"), case.site
    yield "C.5.1.r.1", N_("Registration number of the study"), ""
    yield "C.5.2", N_("Name of the study"), case.protocol.title.in_(tr.lang)
    yield "C.5.3", N_("Study number of the sponsor"), case.protocol.key
    yield "C.5.4", N_("Kind of study"), f"1 ({tr(TRIAL)})"


def _person(case: Case, tr: Translator) -> Fields:
    sex = {"male": f"1 ({tr(MALE)})", "female": f"2 ({tr(FEMALE)})"}
    yield "D.1", N_("Patient: name or initials"), tr("left out: reported by code alone")
    yield "D.1.1.4", N_("Patient: number in the study"), case.event.code
    yield "D.2.2a", N_("Patient: age when it began"), ""
    yield "D.5", N_("Patient: sex"), sex.get(case.event.sex or "", "")


def _reaction(case: Case, tr: Translator) -> Fields:
    one = case.version
    yield "E.i.1.1a", N_("Reaction in the reporter’s words"), one.term
    yield "E.i.2.1a", N_("MedDRA version"), one.dictionary
    yield "E.i.2.1b", N_("MedDRA code"), one.code
    for number, key, name in SERIOUS:
        yield number, name, _yes(key in one.serious)
    yield "E.i.4", N_("Began"), _day(one.began_on)
    yield "E.i.5", N_("Ended"), _day(one.ended_on)
    yield "E.i.7", N_("Outcome at the last look"), _coded(OUTCOME, one, "outcome", tr)
    yield "E.i.8", N_("Confirmed by a clinician"), ""


def _drug(case: Case, tr: Translator) -> Fields:
    one = case.version
    yield "G.k.1", N_("Part of the drug"), f"1 ({tr(SUSPECT)})"
    yield "G.k.2.2", N_("Name of the drug"), tr("nalmefene")
    yield "G.k.4.r.1a", N_("Dose"), tr("%(mg)s mg", mg=tr.number(case.protocol.dose_mg))
    yield "G.k.4.r.4", N_("First dose on record"), _day(case.first_dose)
    yield "G.k.4.r.5", N_("Last dose on record"), _day(case.last_dose)
    yield "G.k.4.r.10.1", N_("How it is taken"), tr("by mouth")
    # A pause has no code of its own in the standard: the person decides which one fits.
    yield "G.k.8", N_("What was done with the drug"), _coded(ACTION, one, "action", tr)
    yield "G.k.9.i.2.r.1", N_("Assessed by"), one.by
    yield "G.k.9.i.2.r.2", N_("Way of assessing"), "WHO-UMC"
    yield "G.k.9.i.2.r.3", N_("Connected with the drug"), chosen(one, "causality", tr)
    yield "G.k.9.i.4", N_("Given again, and what came"), _coded(RECURRENCE, one, "rechallenge", tr)


def _told(case: Case) -> Fields:
    grade = f"{case.version.scale}: {case.version.grade}" if case.version.grade else ""
    yield "H.1", N_("What happened"), case.version.narrative
    yield "H.4", N_("Comment of the sender: the grade"), grade


def _coded(codes: dict[str, int], one: Version, name: str, tr: Translator) -> str:
    """The code of the standard with our words; empty where it has none."""
    key = getattr(one, name)
    return f"{codes[key]} ({chosen(one, name, tr)})" if key in codes else ""


def _yes(said: bool) -> str:
    return "true" if said else "false"


def _day(day: date | None) -> str:
    return day.strftime("%Y%m%d") if day else ""


def _moment(at: datetime | None) -> str:
    return at.strftime("%Y%m%d%H%M%S+0000") if at else ""


def chosen(one: Version, name: str, tr: Translator) -> str:
    """The value of a category in words; empty where nothing is chosen."""
    key = getattr(one, name)
    return tr(words.CHOICES[name][key]) if key else ""
