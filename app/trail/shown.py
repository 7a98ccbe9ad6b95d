"""One entry as somebody may read it: a sentence, and line by line what it changed. Pure.

What a role may not read is left out here, and so from the page and from every export alike.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.clock import local_day
from app.i18n import N_, Translator
from app.trail.kinds import Level, level_of
from app.trail.words import ACTIONS, FIELDS, PAGES
from app.visit.identity import StaffMe
from app.visit.roles import (
    READS_MESSAGES,
    READS_TRAIL_VALUES,
    READS_TRAIL_WORDS,
    ROLES,
)

# A phone whose clock is off by more is said so; what it told is kept as it told it.
CLOCKS_DIFFER = timedelta(minutes=10)
WITHHELD = N_("not shown to your role")
NOTHING = "–"
# Machinery: by which a resend is known.
LEFT_OUT = frozenset(("form",))
# Strings under these names come from a list of ours, never from what somebody typed.
CODED = frozenset(
    (
        "rule",
        "severity",
        "status",
        "outcome",
        "method",
        "substance",
        "beverage",
        "place",
        "sex",
        "language",
        "timezone",
        "code",
        "version",
        "evidence",
        "sheets",
        "sheet",
        "page",
        "role",
        "route",
        "fields",
        "from_day",
        "until_day",
        "first_dose_on",
        "at",
        "cancelled_at",
        "withdrawn_at",
        "seen_at",
        "since",
        "until",
        "about",
    )
)
REASONS = frozenset(("", "correction", "participant", "site", "late"))
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d)?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the trail, with the code of the participant whom it is about."""

    seq: int
    at: datetime
    actor: str
    role: str
    action: str
    subject_kind: str
    subject_id: int
    reason: str
    request_id: str
    client_at: datetime | None
    changes: Mapping[str, Any]
    changes_digest: str
    previous: str
    hash: str
    code: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """A field that was changed; ``old`` is empty where there was none."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Shown:
    """``when``: the server's time on the clock of the site. ``off``: by how many minutes the clock
    of the device differs, where that is more than a little."""

    entry: Entry
    when: str
    sentence: str
    lines: tuple[Line, ...]
    reason: str
    withheld: bool
    off: int


@dataclass(frozen=True, slots=True)
class Reader:
    """How somebody reads the trail: their permissions, their language, their colleagues' names."""

    me: StaffMe
    tr: Translator
    names: Mapping[int, str]

    def shown(self, entry: Entry) -> Shown:
        changes, withheld = self.changes(entry)
        lines = tuple(self._line(name, *pair) for name, pair in changes.items())
        reason = self.reason(entry)
        off = entry.client_at - entry.at if entry.client_at else timedelta()
        minutes = round(off.total_seconds() / 60) if abs(off) > CLOCKS_DIFFER else 0
        return Shown(
            entry, self._when(entry.at), self.sentence(entry), lines, reason, withheld, minutes
        )

    def _when(self, moment: datetime) -> str:
        zone = self.me.timezone
        day = self.tr.day_inline(local_day(moment, zone), "d MMM y")
        return f"{day}, {self.tr.time(moment, zone)}"

    def sentence(self, entry: Entry) -> str:
        """Who did what, and about whom."""
        did = ACTIONS.get(entry.action)
        said = {
            "who": self.who(entry),
            "did": self.tr(did) if did else entry.action,
            "whom": self._whom(entry),
        }
        if said["whom"]:
            return self.tr("%(who)s %(did)s (%(whom)s).", **said)
        return self.tr("%(who)s %(did)s.", **said)

    def who(self, entry: Entry) -> str:
        kind, _, number = entry.actor.partition(":")
        if kind == "staff" and number.isdigit():
            name = self.names.get(int(number), f"#{number}")
            role = ROLES.get(entry.role)
            return f"{name} ({self.tr(role.word)})" if role else name
        if kind == "participant":
            return self.tr("Participant %(code)s", code=entry.code or number)
        return "Daybook"

    def _whom(self, entry: Entry) -> str:
        if entry.code and not entry.actor.startswith("participant:"):
            return self.tr("participant %(code)s", code=entry.code)
        own = entry.actor == f"staff:{entry.subject_id}"
        known = entry.subject_kind == "staff" and not own
        return self.names.get(entry.subject_id, "") if known else ""

    def changes(self, entry: Entry) -> tuple[dict[str, tuple[Any, Any]], bool]:
        """Old and new by field as far as the role goes, and whether anything was left out."""
        level = self._reads(entry)
        pairs = {name: _pair(one) for name, one in entry.changes.items() if name not in LEFT_OUT}
        if level is None:
            return {}, bool(pairs)
        told = {name: (level(name, old), level(name, new)) for name, (old, new) in pairs.items()}
        return told, told != pairs

    def _reads(self, entry: Entry) -> Any:
        """What a value becomes for this role; None where nothing is shown."""
        level = level_of(entry.subject_kind, entry.action)
        if level is Level.PLAIN:
            return _as_it_is
        if level is Level.BLINDED:
            return _as_it_is if self.me.may(READS_MESSAGES) else None
        if level is Level.PRIVATE or not self.me.may(READS_TRAIL_VALUES):
            return None
        return _as_it_is if self.me.may(READS_TRAIL_WORDS) else self._coded

    def _coded(self, name: str, value: Any) -> Any:
        """Numbers, dates and codes; words are left out, and so are names that are not ours."""
        if isinstance(value, dict):
            return {key: self._coded(key, one) for key, one in value.items()}
        if isinstance(value, list):
            return [self._coded(name, one) for one in value]
        if isinstance(value, str) and name not in CODED and not _MOMENT.fullmatch(value):
            return self.tr(WITHHELD) if value else value
        return value

    def reason(self, entry: Entry) -> str:
        """A reason is words, but for the few that a form offers."""
        level = level_of(entry.subject_kind, entry.action)
        read = level is Level.PLAIN or self.me.may(READS_TRAIL_WORDS)
        if entry.reason in REASONS or read:
            return entry.reason
        return self.tr(WITHHELD)

    def _line(self, name: str, old: Any, new: Any) -> Line:
        label = self.tr(FIELDS[name]) if name in FIELDS else name.replace("_", " ")
        if name == "page" and new in PAGES:
            new = self.tr(PAGES[new])
        return Line(label, self._said(old) if old is not None else "", self._said(new))

    def _said(self, value: Any) -> str:
        if value is None or value in ("", [], {}):
            return NOTHING
        if isinstance(value, bool):
            return self.tr("yes") if value else self.tr("no")
        if isinstance(value, dict):
            return ", ".join(self._parts(value))
        if isinstance(value, list):
            return "; ".join(self._said(one) for one in value)
        return str(value)

    def _parts(self, value: Mapping[str, Any]) -> Iterator[str]:
        for name, one in value.items():
            yield f"{name.replace('_', ' ')}: {self._said(one)}"


def _pair(value: Any) -> tuple[Any, Any]:
    """Old and new, as every entry has them; what was written otherwise is shown whole."""
    return (value[0], value[1]) if isinstance(value, list) and len(value) == 2 else (None, value)


def _as_it_is(_name: str, value: Any) -> Any:
    return value
