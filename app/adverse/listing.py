"""The line listing for a spreadsheet: codes as they are stored, one line an event. Pure."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from app.adverse.clocks import Clock
from app.adverse.queries import ScopedEvent
from app.i18n import N_, Translator
from app.spreadsheet import csv_bytes

HEADINGS = (
    N_("Participant"),
    N_("Number"),
    N_("State"),
    N_("Version"),
    N_("What happened"),
    N_("Answer it came from"),
    N_("Began"),
    N_("Ended"),
    N_("Grade"),
    N_("Scale of the grade"),
    N_("Seriousness criteria"),
    N_("Causality (WHO-UMC)"),
    N_("Expectedness"),
    N_("Without the drug"),
    N_("With the drug again"),
    N_("Action with the drug"),
    N_("Outcome"),
    N_("Site aware (UTC)"),
    N_("Code"),
    N_("Dictionary"),
    N_("Reports due (UTC)"),
    N_("Reported (UTC)"),
)


def as_csv(lines: Iterable[tuple[ScopedEvent, list[Clock]]], tr: Translator) -> bytes:
    rows = [[tr(heading) for heading in HEADINGS]]
    rows += [_row(event, clocks) for event, clocks in lines]
    return csv_bytes(rows)


def _row(event: ScopedEvent, clocks: list[Clock]) -> list[str]:
    start = [event.code, str(event.number), event.state]
    one = event.last
    if one is None:
        return [*start, "0", "", event.item or "", *([""] * (len(HEADINGS) - 6))]
    due = [f"{clock.key}: {_moment(clock.due_at)}" for clock in clocks]
    done = [f"{clock.key}: {_moment(clock.reported_at)}" for clock in clocks if clock.reported_at]
    return [
        *start,
        str(one.n),
        one.term,
        event.item or "",
        _day(one.began_on),
        _day(one.ended_on),
        str(one.grade or ""),
        one.scale or "",
        " ".join(one.serious),
        one.causality or "",
        one.expected or "",
        one.dechallenge or "",
        one.rechallenge or "",
        one.action or "",
        one.outcome or "",
        _moment(one.aware_at),
        one.code,
        one.dictionary,
        "; ".join(due),
        "; ".join(done),
    ]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat() if at else ""
