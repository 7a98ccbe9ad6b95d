"""The parts of the brief beside its numbers and sentences, in the reader's language. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.brief.names import levels, result_word, sheet_title
from app.brief.queries import BriefFlag, Done, Prepared
from app.brief.questions import ALERT_KEYS
from app.brief.record import Record, Words
from app.brief.urine import Compared
from app.clock import local_day
from app.flags.shown import OUTCOMES
from app.i18n import Translator
from app.rules.wording import title
from app.timeline.days import ONE_DAY
from app.worksheets.shared import Homework, RulerPoint
from app.worksheets.suggest import Suggestion

NOTE_LENGTH, WORDS_LENGTH = 70, 160


@dataclass(frozen=True, slots=True)
class ShownAlert:
    """One alert: where it stands and what was done; `note` is the last note about it, cut short."""

    href: str
    severity: str
    open: bool
    title: str
    status: str
    note: str


def shown_alert(flag: BriefFlag, tr: Translator, zone: str) -> ShownAlert:
    """Times are by the reader's clock; a long note ends in three dots, its page has all of it."""
    noted = [one for one in flag.done if one.note]
    return ShownAlert(
        href=f"/flags/{flag.public_id}",
        severity=flag.severity,
        open=flag.open,
        title=title(flag.rule, tr.lang),
        status=_status(flag, tr, zone),
        note=_note(flag, noted[-1], tr) if noted else "",
    )


def _status(flag: BriefFlag, tr: Translator, zone: str) -> str:
    acts = {one.action: one for one in flag.done}
    done = acts.get("resolve") or acts.get("acknowledge")
    if flag.resolved_at is not None and "resolve" not in acts:
        return tr("closed by itself %(when)s", when=tr.moment(flag.resolved_at, zone))
    if done is None or flag.status == "open":
        return tr("raised %(when)s, not acknowledged", when=tr.moment(flag.raised_at, zone))
    values = {"when": tr.moment(done.at, zone), "name": done.name}
    if flag.open:
        return tr("acknowledged %(when)s, %(name)s", **values)
    outcome = tr(OUTCOMES[done.outcome]).lower() if done.outcome else tr("resolved")
    return tr("resolved %(when)s, %(name)s: %(outcome)s", outcome=outcome, **values)


def _note(flag: BriefFlag, done: Done, tr: Translator) -> str:
    """The author is named where it is not whoever stands there already."""
    note = shortened(done.note, NOTE_LENGTH)
    if done == flag.done[-1] and done.action in ("acknowledge", "resolve"):
        return tr("“%(note)s”", note=note)
    return tr("%(name)s: “%(note)s”", name=done.name, note=note)


def shortened(text: str, length: int) -> str:
    """One line of about `length` letters; what is longer ends in three dots."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    head, _, rest = line[:length].rpartition(" ")
    return (head or rest).rstrip(" .,;") + "…"


@dataclass(frozen=True, slots=True)
class ShownWords:
    """A participant's own words, and how they begin; `prepared`: for the coming session."""

    day: date
    text: str
    short: str
    prepared: bool


def own_words(
    prepared: Prepared | None, notes: Sequence[Words], zone: str
) -> tuple[ShownWords, ...]:
    """What was written for the session first, then the notes."""
    found = []
    if prepared is not None:
        text = "\n".join(prepared.texts)
        found.append((local_day(prepared.at, zone), text, True))
    found += [(note.day, note.text, False) for note in notes]
    return tuple(
        ShownWords(day, text, shortened(text, WORDS_LENGTH), own) for day, text, own in found
    )


def urine_line(one: Compared, tr: Translator) -> str:
    """A result and what was told for the days that it covers, side by side."""
    test = tr(
        "Urine %(day)s: %(result)s for opioids.",
        day=tr.day_inline(one.urine.day, "d MMM"),
        result=result_word(one.urine.opioid, tr),
    )
    if one.urine.opioid is None:
        return tr("Urine %(day)s: not tested for opioids.", day=_short(one.urine.day, tr))
    return f"{test} {_told(one, tr)}"


def _told(one: Compared, tr: Translator) -> str:
    if one.days == 1:
        return _told_that_day(one, tr)
    span = {"first": _short(one.first, tr), "last": _short(one.urine.day, tr)}
    if not one.reported:
        return tr("Nothing was told for %(first)s to %(last)s.", **span)
    span |= {"reported": str(one.reported), "days": str(one.days)}
    if one.told:
        days = ", ".join(_runs(one.told, tr))
        return tr(
            "Use was told for %(which)s (%(reported)s of %(days)s days told).", which=days, **span
        )
    return tr(
        "No use was told for %(first)s to %(last)s (%(reported)s of %(days)s days told).", **span
    )


def _told_that_day(one: Compared, tr: Translator) -> str:
    """Where the diary began on the day of the specimen."""
    if not one.reported:
        return tr("Nothing was told for that day.")
    return tr("Use was told for that day.") if one.told else tr("No use was told for that day.")


def _runs(days: Sequence[date], tr: Translator) -> Iterator[str]:
    """Days one after another as one span each."""
    begin = 0
    for at, day in enumerate(days):
        if at + 1 < len(days) and days[at + 1] - day == ONE_DAY:
            continue
        first = days[begin]
        yield _short(day, tr) if first == day else f"{_short(first, tr)} – {_short(day, tr)}"
        begin = at + 1


def _short(day: date, tr: Translator) -> str:
    return tr.day_inline(day, "d MMM")


def today_line(record: Record, tr: Translator) -> str:
    """What was told today, which is no full day and in none of the numbers."""
    day = record.so_far
    parts = []
    if day.tablet is not None:
        parts.append(
            {
                "taken": tr("tablet taken"),
                "not_taken": tr("tablet not taken"),
                "held": tr("tablet on hold"),
            }[day.tablet]
        )
    if day.grams is not None:
        drinks = tr.number(record.drinks(day.grams))
        parts.append(
            tr("%(drinks)s standard drinks", drinks=drinks) if day.grams else tr("no alcohol")
        )
    if day.opioids is not None:
        parts.append(tr("opioid use") if day.opioids else tr("no opioids"))
    for name, value in (
        (tr("urge to drink"), day.alcohol_urge),
        (tr("opioid urge"), day.opioid_urge),
    ):
        if value is not None:
            parts.append(f"{name} {tr.number(value)}")
    if day.worst is not None:
        parts.append(tr("worst side effect: %(level)s", level=levels(tr.lang)[day.worst]))
    return "; ".join(parts)


def ruler_line(points: Sequence[RulerPoint], tr: Translator) -> str:
    """The newest rulers, each beside what it was the time before; empty without any."""
    if not points:
        return ""
    now, before = points[-1], points[-2] if len(points) > 1 else None
    said: list[str] = []
    for name, word in (
        ("importance", tr("Importance")),
        ("confidence", tr("Confidence")),
        ("readiness", tr("Readiness")),
    ):
        value, was = getattr(now, name), getattr(before, name, None)
        if value is not None:
            words = f"{word if not said else word.lower()} {value}"
            said.append(words if was is None else f"{words} " + tr("(was %(value)s)", value=was))
    return tr("%(rulers)s; each of 10.", rulers=", ".join(said))


@dataclass(frozen=True, slots=True)
class ShownSheet:
    """One sheet between the sessions; `href` only where a shared one can be read."""

    href: str | None
    title: str
    status: str
    unread: bool


def shown_sheet(one: Homework, base: str, reads: bool, tr: Translator, zone: str) -> ShownSheet:
    """Where a sheet stands; one that is not shared is a status and nothing more."""
    day = "" if one.at is None else _short(local_day(one.at, zone), tr)
    status = {
        "not_started": tr("not started"),
        "started": tr("started"),
        "finished": tr("finished %(day)s, not shared", day=day),
        "shared": tr("shared %(day)s", day=day),
    }[one.status]
    if one.entries > 1:
        status += ", " + tr.n("%(num)s entry", "%(num)s entries", one.entries)
    href = f"{base}/worksheets/{one.public_id}" if one.public_id and reads else None
    return ShownSheet(href, sheet_title(one.sheet_key, tr.lang), status, one.unread)


@dataclass(frozen=True, slots=True)
class Fitting:
    """A sheet to suggest, and the rule behind it."""

    key: str
    title: str
    why: str


def fitting(one: Suggestion, week: int | None, tr: Translator) -> Fitting:
    """A suggestion of the plan or of an open alert."""
    safety = one.why == "safety"
    why = tr("an alert is open") if safety else tr("week %(week)s of the plan", week=week)
    return Fitting(one.sheet_key, sheet_title(one.sheet_key, tr.lang), why)


def since_title(
    begin: datetime, last_at: datetime | None, first: date, zone: str, tr: Translator
) -> str:
    """From when on: the last session, enrolment, or the `first` day that the page reads."""
    began = local_day(begin, zone)
    day = _short(began, tr)
    if last_at is not None and begin == last_at:
        return tr("Since the session of %(day)s", day=day)
    if last_at is None and began > first:
        return tr("Since enrolment, %(day)s", day=day)
    return tr("Since %(day)s", day=day)


@dataclass(frozen=True, slots=True)
class Lead:
    """Where the grounds of a question stand, if they are not entries of a day."""

    href: str
    words: str


def lead(key: str, base: str, tr: Translator) -> Lead | None:
    """From a question of the alerts, the rulers or a worksheet to them."""
    if key in ALERT_KEYS:
        return Lead("#alerts", tr("Alerts"))
    if key in ("confidence", "importance"):
        return Lead("#own", tr("In their words"))
    return Lead(f"{base}/worksheets", tr("All worksheets")) if key == "begun" else None
