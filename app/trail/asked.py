"""Which entries somebody asks for: the filter of the page, held to what there is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from app.i18n import N_, Translator
from app.timeline.days import at_local
from app.trail.kinds import KINDS

READS_ALONE = "reads"
PARTICIPANTS, DAYBOOK = "participants", "daybook"
NAMES = ("person", "actor", "kind", "since", "until")
DATE = N_("Choose a day, such as 2026-11-23.")
BACKWARDS = N_("This day lies before the first one.")
NOBODY = N_("No participant of your site has this code.")
UNKNOWN = N_("Choose one of the answers shown.")
_DAY = re.compile(r"20\d\d-\d\d-\d\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """Both days belong to it. ``person``, ``staff``: numbers of rows."""

    person: int | None = None
    staff: int | None = None
    by: str = ""
    kind: str = ""
    since: date | None = None
    until: date | None = None

    def span(self, zone: str) -> tuple[datetime | None, datetime | None]:
        """From the first moment of the first day to the first one after the last."""
        day = timedelta(days=1)
        first = at_local(self.since, _MIDNIGHT, zone) if self.since else None
        return first, at_local(self.until + day, _MIDNIGHT, zone) if self.until else None


_MIDNIGHT = datetime.min.time()


@dataclass(frozen=True, slots=True)
class Read:
    """What was asked for; with ``errors`` by field, where something cannot be."""

    asked: Asked
    typed: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def in_words(self) -> dict[str, str]:
        """The filter as it was typed, without what was left open."""
        return {name: text for name, text in self.typed.items() if text}


def read(
    sent: Mapping[str, str], codes: Mapping[str, int], staff: Mapping[str, int], tr: Translator
) -> Read:
    """``codes``: participants of the site by code; ``staff``: colleagues by public id."""
    typed = {name: sent.get(name, "").strip()[:80] for name in NAMES}
    errors: dict[str, str] = {}
    person = codes.get(typed["person"].upper())
    if typed["person"] and person is None:
        errors["person"] = NOBODY
    by = typed["actor"] if typed["actor"] in (PARTICIPANTS, DAYBOOK) else ""
    who = staff.get(typed["actor"])
    if typed["actor"] and not by and who is None:
        errors["actor"] = UNKNOWN
    if typed["kind"] and typed["kind"] not in (READS_ALONE, *KINDS):
        errors["kind"] = UNKNOWN
    since, until = (_day(name, typed, errors) for name in ("since", "until"))
    if since and until and until < since:
        errors["until"] = BACKWARDS
    asked = Asked(person, who, by, typed["kind"], since, until)
    return Read(asked, typed, {name: tr(text) for name, text in errors.items()})


def _day(name: str, typed: Mapping[str, str], errors: dict[str, str]) -> date | None:
    text = typed[name]
    try:
        found = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        found = None
    if text and found is None:
        errors[name] = DATE
    return found
