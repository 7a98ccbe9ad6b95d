"""Flags in words: the list's lines and one flag's page, in the language of whoever reads.

Pure: rows, a translator and a moment in, what the templates print out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from app.clock import age, local_day
from app.flags.queries import Done, Evidence, FlagLine, Notified, ScopedFlag
from app.flags.sums import IN_DETAIL, IN_TABLE, ShownSum, shown_sum
from app.flags.taken_back import TakenBack
from app.i18n import N_, Translator
from app.rules.finding import Reason
from app.rules.guidance import steps_for
from app.rules.wording import sentence, sentences, title, wording
from app.web.appointment import their_moment

FILTERS = {
    "open": N_("Open · %(num)s"),
    "mine": N_("Mine · %(num)s"),
    "acknowledged": N_("Acknowledged · %(num)s"),
    "resolved": N_("Resolved this week · %(num)s"),
}
# What a list of several holds: "urgent · 3".
KINDS = {"emergency": N_("emergency"), "urgent": N_("urgent"), "routine": N_("routine")}
SEVERITIES = {"emergency": N_("Now"), "urgent": N_("Today"), "routine": N_("This week")}
OUTCOMES = {
    "no_action": N_("No action needed"),
    "called": N_("Called"),
    "visit": N_("Visit"),
    "medication_held": N_("Medication held"),
    "referred": N_("Referred"),
    "emergency_services": N_("Emergency services"),
    "false_alarm": N_("False alarm"),
}
MAIL = {
    "sent": N_("Mail to %(name)s: delivered"),
    "waiting": N_("Mail to %(name)s: not delivered yet"),
    "failed": N_("Mail to %(name)s: refused by the mail server"),
}
ACTIONS = {
    "acknowledge": N_("Acknowledged by %(name)s"),
    "resolve": N_("Resolved by %(name)s: %(outcome)s"),
    "note": N_("Note corrected by %(name)s"),
    "hand_over": N_("Handed over to %(name)s: the account of whoever had it was switched off"),
}
CHANGES = {
    "raised": N_("Raised by rule %(rule)s: %(title)s"),
    "worsened": N_("Grew worse: rule %(rule)s: %(title)s"),
    "added": N_("New evidence: rule %(rule)s: %(title)s"),
}


# In the list a title has one line, on a phone too; whole it stands on the page of the alert. A rule
# that is not named here has a title that is short enough, in every language.
SHORT = {
    "WDL-1": N_("Possible withdrawal-like reaction"),
    "WDL-2": N_("Possible withdrawal-like: strong"),
    "WDL-3": N_("Possible withdrawal-like: dangerous"),
    "WDL-T": N_("Possible withdrawal-like: slow"),
    "AWD-0": N_("Heavy drinking has just stopped"),
    "AWD-1": N_("Possible alcohol-withdrawal-like"),
    "AWD-2": N_("Possible alcohol-withdrawal, danger"),
    "CRV-2": N_("High craving, lasting or no dose"),
    "ALC-1": N_("First drink after a free stretch"),
    "ALC-2": N_("First heavy day for two weeks"),
    "ALC-3": N_("Alcohol with opioid or sedative"),
    "DOS-1": N_("Doses not taken in a row"),
    "VOM-2": N_("Vomiting, risk of drying out"),
    "UDS-1": N_("Positive urine, nothing told"),
    "OPI-3": N_("Opioid use with doses not taken"),
    "EMG-1": N_("A sign that needs an ambulance"),
}
NOON = time(12)
LETTERS = 36
"""of a title in the list, at most"""


@dataclass(frozen=True, slots=True)
class Timing:
    """When something is due, since when it waits, and whether it waits too long."""

    due: str
    since: str
    late: bool


# What closes a flag that nobody closed.
CLOSED_ITSELF = {
    "DIA": N_("Closed by itself: the blank days were filled in"),
    "UDS": N_("Closed by itself: the use was told the same day"),
}


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line of the list."""

    href: str
    public_id: str
    severity: str
    title: str
    full_title: str
    sub: str
    timing: Timing


def shown_line(line: FlagLine, tr: Translator, zone: str, now: datetime, query: str) -> ShownLine:
    """A line for a reader in ``zone``; ``query`` keeps the list as it is beside the flag."""
    about = their_moment(line.about, line.timezone, zone, tr)
    holder = line.holder or tr("not yet acknowledged")
    return ShownLine(
        href=f"/flags/{line.public_id}{query}",
        public_id=line.public_id,
        severity=line.severity,
        title=short_title(line.rule, tr),
        full_title=title(line.rule, tr.lang),
        sub=f"{line.code} · {about} · {holder}",
        timing=timing(line, tr, zone, now),
    )


def short_title(rule: str, tr: Translator) -> str:
    """What a rule is called where one line is all there is."""
    return tr(SHORT[rule]) if rule in SHORT else title(rule, tr.lang)


def timing(flag: FlagLine | ScopedFlag, tr: Translator, zone: str, now: datetime) -> Timing:
    """The same words in the list and on the page of the alert."""
    late = flag.status != "resolved" and flag.due_at is not None and flag.due_at <= now
    return Timing(_due(flag, tr, zone, now), _since(flag, tr, zone, now), late)


def _due(line: FlagLine | ScopedFlag, tr: Translator, zone: str, now: datetime) -> str:
    if line.status == "resolved":
        return tr(OUTCOMES[line.outcome]) if line.outcome else ""
    if line.due_at is None:
        return tr("by the next session")
    minutes = int((line.due_at - now).total_seconds() // 60)
    if line.due_at <= now:
        if now <= line.raised_at or line.severity == "emergency":
            return tr("due now")
        return tr("overdue since %(time)s", time=_when(line.due_at, tr, zone, now))
    if minutes < 60:
        return tr("due in %(num)s min", num=max(minutes, 1))
    return tr("due %(time)s", time=_when(line.due_at, tr, zone, now))


def _since(line: FlagLine | ScopedFlag, tr: Translator, zone: str, now: datetime) -> str:
    if line.resolved_at is not None:
        return tr("resolved %(time)s", time=_when(line.resolved_at, tr, zone, now))
    if line.acknowledged_at is not None:
        return tr("acknowledged %(time)s", time=_when(line.acknowledged_at, tr, zone, now))
    return tr("open %(duration)s", duration=_duration(line.raised_at, now, tr))


def _when(moment: datetime, tr: Translator, zone: str, now: datetime) -> str:
    """The time today, else day and time."""
    if local_day(moment, zone) == local_day(now, zone):
        return tr.time(moment, zone)
    return tr.moment(moment, zone)


def _duration(start: datetime, now: datetime, tr: Translator) -> str:
    minutes = int((age(start, now) or timedelta(0)).total_seconds() // 60)
    if minutes < 60:
        return tr("%(num)s min", num=minutes)
    if minutes < 48 * 60:
        return tr("%(num)s h", num=minutes // 60)
    return tr.n("%(num)s day", "%(num)s days", minutes // (24 * 60))


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """One answer beside what is usual for the same person."""

    item: str
    label: str
    value: str
    baseline: str
    worse: bool
    rise: float


@dataclass(frozen=True, slots=True)
class ShownEvidence:
    """One finding: why, the answers, and what went before."""

    title: str
    severity: str
    rule: str
    in_short: str
    """why, in a line"""
    because: list[str]
    in_detail: list[str]
    """what the sum says at a glance, in words"""
    sum: ShownSum | None
    risen: list[ShownAnswer]
    """clearly above the usual level, where there is no sum to say it"""
    rest: list[ShownAnswer]
    before: list[tuple[str, str]]
    times: list[tuple[str, str]]
    taken_back: str
    """danger signs that a correction took back since, in words; empty where all stand"""


def shown_evidence(
    evidence: Evidence, tr: Translator, gone: TakenBack | None, zone: str
) -> ShownEvidence:
    """A finding in words. Times are the participant's own (``zone``), as the rules wrote them."""
    facts = evidence.facts
    answers = [_answer(one, facts, tr) for one in facts.get("answers", ())]
    because = [Reason.from_json(one) for one in evidence.because]
    total = shown_sum(facts, tr)
    detail = IN_DETAIL if total else ()
    elsewhere = (*IN_TABLE, *IN_DETAIL) if total else ()
    if _doubtful(facts.get("last_dose")):
        elsewhere = (*elsewhere, "last_dose")
    return ShownEvidence(
        title=title(evidence.rule, tr.lang),
        severity=evidence.severity,
        rule=evidence.rule,
        in_short=_in_short(because, answers, total, tr),
        because=sentences((one for one in because if one.key not in elsewhere), tr.lang),
        in_detail=sentences((one for one in because if one.key in detail), tr.lang),
        sum=total,
        risen=[one for one in answers if one.worse and total is None],
        rest=[one for one in answers if not _stands(one, total)],
        before=_before(facts, tr),
        times=_times(facts, tr),
        taken_back=_taken_back(gone, tr, zone) if gone else "",
    )


def _stands(answer: ShownAnswer, total: ShownSum | None) -> bool:
    """Whether the table above has the answer already."""
    return answer.item in total.items if total else answer.worse


# A reason that counts says less in a line than what it counts: the highest answers are named.
COUNTS = ("groups",)
NAMED = 3


def _in_short(
    because: Sequence[Reason],
    answers: Sequence[ShownAnswer],
    total: ShownSum | None,
    tr: Translator,
) -> str:
    """Danger signs before anything else; else what rose most; else the first reason."""
    first = next((one for one in because if one.key == "signs"), next(iter(because), None))
    if first is None:
        return ""
    if first.key != "signs" and total and total.risen:
        return tr(
            "Sum S %(sum)s: %(answers)s.", sum=total.total, answers=_first_of(total.risen, tr)
        )
    highest = sorted((one for one in answers if one.worse), key=lambda one: -one.rise)
    if first.key not in COUNTS or not highest:
        return sentence(first, tr.lang)
    risen = [f"{one.label[:1].lower()}{one.label[1:]} {one.value}" for one in highest]
    return tr("Above the usual: %(answers)s.", answers=_first_of(risen, tr))


def _first_of(risen: Sequence[str], tr: Translator) -> str:
    more = len(risen) - NAMED
    rest = [tr.n("and %(num)s more", "and %(num)s more", more)] if more > 0 else []
    return " ".join([", ".join(risen[:NAMED]), *rest])


def _taken_back(gone: TakenBack, tr: Translator, zone: str) -> str:
    signs = ", ".join(wording().signs[sign].in_(tr.lang) for sign in gone.signs)
    when = tr.moment(gone.at, zone)
    return tr("Taken back by a correction of %(when)s: %(signs)s.", when=when, signs=signs)


def _answer(answer: dict[str, Any], facts: dict[str, Any], tr: Translator) -> ShownAnswer:
    label = wording().items[answer["item"]].in_(tr.lang)
    usual = answer["baseline"]
    none = usual is None or facts.get("baseline_on_record") is False
    return ShownAnswer(
        item=answer["item"],
        label=label[:1].upper() + label[1:],
        value=tr.number(answer["value"]),
        baseline=tr("none on record") if none else tr.number(usual),
        worse=bool(answer["worse"]),
        rise=answer["value"] - (usual or 0),
    )


def _before(facts: dict[str, Any], tr: Translator) -> list[tuple[str, str]]:
    """The last dose, drinks and opioid use before what the finding is about."""
    dose, opioid = facts.get("last_dose"), facts.get("last_opioid")
    drinks = [one for one in facts.get("drinks", ()) if one["grams"]]
    taken = (
        tr("%(time)s, %(mg)s mg", time=_dose_told(dose, tr), mg=tr.number(dose["mg"]))
        if dose
        else tr("none on record")
    )
    rows = [(tr("Last study dose"), taken)]
    if facts.get("exposure") in EXPOSURES:
        rows.append((tr("Under the tablet"), tr(EXPOSURES[facts["exposure"]])))
    if "last_drink_at" in facts:
        last, timed = facts["last_drink_at"], facts.get("last_drink_timed", True)
        when = _moment_told(last, timed, tr) if last else tr("none on record")
        rows.append((tr("Last drink"), when))
    if drinks:
        week = ", ".join(
            f"{tr.day_inline(date.fromisoformat(one['day']))}: {tr.number(one['grams'])} " + tr("g")
            for one in drinks
        )
        rows.append((tr("Alcohol in the week before"), week))
    if opioid:
        used = _moment_told(opioid["at"], opioid.get("timed", True), tr)
        rows.append((tr("Last opioid use"), used))
    return rows


EXPOSURES = {
    "told": N_("told: that dose still acts"),
    "presumed": N_("presumed: nobody told the last days as without a dose"),
}


def _doubtful(dose: dict[str, Any] | None) -> bool:
    """A finding of the first edition does not say whether its noon was told or assumed."""
    return (
        dose is not None
        and "timed" not in dose
        and datetime.fromisoformat(dose["at"]).time() == NOON
    )


def _dose_told(dose: dict[str, Any], tr: Translator) -> str:
    if _doubtful(dose):
        day = tr.day_inline(datetime.fromisoformat(dose["at"]).date())
        return tr("%(day)s, at noon or time not told", day=day)
    return _moment_told(dose["at"], dose.get("timed", True), tr)


def _moment_told(stamp: str, timed: bool, tr: Translator) -> str:
    """A time that nobody told is not shown as one: the day stands alone."""
    if timed:
        return _stamp(stamp, tr)
    day = tr.day_inline(datetime.fromisoformat(stamp).date())
    return tr("%(day)s, time not told", day=day)


TIMES = {
    "happened_at": N_("Happened"),
    "received_at": N_("Received"),
    "judged_at": N_("Judged"),
}


def _times(facts: dict[str, Any], tr: Translator) -> list[tuple[str, str]]:
    return [(tr(name), _stamp(facts[key], tr)) for key, name in TIMES.items() if facts.get(key)]


def _stamp(text: str, tr: Translator) -> str:
    """A stamped moment on the participant's own clock, with its offset where it may confuse."""
    moment = datetime.fromisoformat(text)
    return f"{tr.day_inline(moment.date())}, {moment:%H:%M}"


def history(
    flag: ScopedFlag,
    evidence: Sequence[Evidence],
    notified: Sequence[Notified],
    done: Sequence[Done],
    tr: Translator,
    zone: str,
) -> list[tuple[str, str]]:
    """What happened to the flag, in order, by the clock of the reader's site."""
    found: list[tuple[datetime, str]] = [
        (one.at, tr(CHANGES[one.change], rule=one.rule, title=title(one.rule, tr.lang)))
        for one in evidence
    ]
    found += [
        (one.sent_at or one.created_at, tr(MAIL[one.status], name=one.name)) for one in notified
    ]
    found += [(one.at, _done(one, tr)) for one in done]
    itself = CLOSED_ITSELF.get(flag.family)
    if itself and flag.resolved_at and not any(one.action == "resolve" for one in done):
        found.append((flag.resolved_at, tr(itself)))
    found.sort(key=lambda entry: entry[0])
    return [(tr.moment(moment, zone), text) for moment, text in found]


def _done(one: Done, tr: Translator) -> str:
    outcome = tr(OUTCOMES[one.outcome]) if one.outcome else ""
    text = tr(ACTIONS[one.action], name=one.name, outcome=outcome)
    if not one.note:
        return text
    note = one.note if one.holds else tr("(corrected later) %(note)s", note=one.note)
    return f"{text}. {note}"


def steps(rule: str, tr: Translator) -> tuple[str, ...]:
    """What to do, in order."""
    return steps_for(rule, tr.lang)


def waited(wait: timedelta | None, tr: Translator) -> str:
    """A duration in the unit that suits it."""
    if wait is None:
        return "–"
    seconds = wait.total_seconds()
    if seconds < 90:
        return tr("%(num)s s", num=tr.number(seconds))
    if seconds < 90 * 60:
        return tr("%(num)s min", num=tr.number(seconds / 60, 0))
    return tr("%(num)s h", num=tr.number(seconds / 3600))
