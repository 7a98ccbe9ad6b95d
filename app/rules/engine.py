"""The rule engine: which rules look at what, when something arrives and at the daily tick.

Pure: a timeline, a moment and a protocol in, findings out. What a finding does to the flags on
record is decided in `app.rules.life`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from app.protocol.model import Protocol
from app.rules.families import alc, awd, bp, con, crv, dia, dos, emg, opi, sui, trend, uds, vom, wdl
from app.rules.families.evaluation import CRAVING, Evaluation
from app.rules.families.picture import picture
from app.rules.finding import Finding
from app.timeline.days import at_local, at_receipt, first_day_of
from app.timeline.events import UNTOLD, Checkin, Event, FlagResolved, ProtocolChange, Session, Visit
from app.timeline.known import Known
from app.timeline.reach import Reach
from app.timeline.timeline import Timeline

TICK = time(23, 45)
# What no rule reads when it arrives.
UNREAD = (*UNTOLD, Session, Visit, FlagResolved, ProtocolChange)
# Each with the answers and signs without which it finds nothing. WDL also reads what was told
# beside a check-in, so that it always looks.
CHECKIN_RULES = (
    (wdl.find, None),
    (emg.find, emg.READS),
    (awd.find, awd.READS),
    (bp.find, bp.READS),
    (vom.find, vom.READS),
    (crv.find, crv.READS),
)
DAY_RULES = (
    sui.find_since,
    awd.find_since,
    opi.find_since,
    alc.find_since,
    dos.find_since,
    con.find_since,
    uds.find_since,
)


def find_on_arrival(
    timeline: Timeline, arrived: Iterable[Event], now: datetime, protocol: Protocol
) -> list[Finding]:
    """Every finding about the days from the earliest that `arrived` says anything about, as known
    at `now`. What was found before is found again: the caller keeps what has already alerted.

    `timeline` needs the events from `window_start` on, and those of the run-in.
    """
    arrived = list(arrived)
    if protocol.rules.terms.at_receipt:
        arrived = [at_receipt(event) for event in arrived]
    since = concerned_from(timeline, arrived)
    if since is None:
        return []
    return find_from(_evaluation(timeline, now, protocol), arrived, since)


def _evaluation(timeline: Timeline, now: datetime, protocol: Protocol) -> Evaluation:
    judged = bool(protocol.rules.terms.at_receipt)
    return Evaluation(timeline.known_at(now, judged=judged), now, protocol)


def find_from(evaluation: Evaluation, arrived: Iterable[Event], since: date) -> list[Finding]:
    """`find_on_arrival` for a caller that has read what is known, and knows where to begin."""
    known, arrived = evaluation.known, list(arrived)
    findings: list[Finding] = []
    for checkin in _concerned(known, arrived, since):
        seen = picture(evaluation, checkin)
        told = checkin.ratings.keys() | checkin.signs
        for rule, reads in CHECKIN_RULES:
            if (reads is None or not reads.isdisjoint(told)) and (found := rule(evaluation, seen)):
                findings.append(found)
    if not all(isinstance(event, Checkin) for event in arrived):
        for rule_since in DAY_RULES:
            findings += rule_since(evaluation, since)
    return findings


def _concerned(known: Known, arrived: list[Event], since: date) -> list[Checkin]:
    """The check-ins from `since` on that what arrived can make worse.

    A check-in that is the last of its day changes the earlier ones only where it told a craving
    above all of theirs, which joins theirs, or where what is usual rests on it. So a day of
    hundreds of check-ins is not judged hundreds of times.
    """
    found = known.checkins_from(at_local(since, time(0), known.zone))
    ids = {event.id for event in arrived}
    place = len(found)
    while place and found[place - 1].id in ids:
        place -= 1
    before, last = found[:place], found[place:]
    alone = (
        len(last) == len(arrived)
        and all(isinstance(one, Checkin) and one.replaces is None for one in arrived)
        and known.day(last[-1].at) == since
        and not any(known.may_change_usual(one) for one in last)
    )
    if not alone:
        return found
    told = max((one.ratings.get(CRAVING, -1) for one in last), default=-1)
    joins = all(one.ratings.get(CRAVING, -1) < told for one in reversed(before))
    return found if joins else last


def concerned_from(timeline: Timeline, arrived: Iterable[Event]) -> date | None:
    """The earliest local day that `arrived`, or what it corrects, says anything about."""
    zone = timeline.participant.timezone
    events = [event for event in arrived if not isinstance(event, UNREAD)]
    replaced = {event.replaces for event in events if event.replaces is not None}
    if replaced:
        events += [timeline.by_id[id_] for id_ in replaced if id_ in timeline.by_id]
    return min((first_day_of(event, zone) for event in events), default=None)


def find_at_tick(
    timeline: Timeline, now: datetime, protocol: Protocol, alerted_at: datetime | None = None
) -> list[Finding]:
    """Findings about silence and slow build-up at the daily tick `now`.

    `alerted_at`: when a flag of another family than DIA last became urgent or an emergency.
    """
    return find_ticked(_evaluation(timeline, now, protocol), alerted_at)


def find_ticked(evaluation: Evaluation, alerted_at: datetime | None) -> list[Finding]:
    """`find_at_tick` for a caller that has read what is known."""
    found = (trend.find_at_tick(evaluation), dia.find_at_tick(evaluation, alerted_at))
    told = [finding for finding in found if finding is not None]
    return [*told, *uds.find_at_tick(evaluation)]


def window_start(since: date, protocol: Protocol) -> date:
    """The day from which events are needed to find anything about `since` and later.

    Besides them, the check-ins of the run-in are needed (`run_in_days`), or the baseline itself;
    and every day entry and specimen, however old: a dose is presumed without end after the last
    one told, a restart has its gap before it, a first drink its free days.
    """
    rules = protocol.rules
    reach = max(
        rules.terms.start_window_days + rules.terms.restart_gap_days + 2,
        rules.terms.presumed_days + 1,
        int(rules.terms.craving_hours / 24) + 2,
        rules.terms.recent_opioid_days + int(rules.terms.exposed_hours / 24) + 2,
        rules.awd.sign_days + rules.awd.heavy_window_days + 1,
        rules.awd.before_window_days + 1,
        2 * rules.wdl.trend_days,
        rules.alc.heavy_gap_days + 1,
        rules.opi.untaken_window_days + 1,
        rules.opi.call_days + 1,
        rules.dia.urgent_days + 1,
        rules.uds.told_days + 1,
        rules.dos.urgent_days + 1,
    )
    return since - timedelta(days=reach)


def checkin_reach(since: date, protocol: Protocol) -> Reach:
    """How far back the rules about check-ins look, for those of `since` and later.

    Besides it, the run-in check-ins are needed, and doses, uses and specimens however old.
    """
    rules = protocol.rules
    drinking = rules.awd.sign_days + rules.awd.heavy_window_days + 1
    pairs = max(rules.bp.pair_hours, rules.crv.repeat_hours, rules.terms.craving_hours) / 24
    return Reach(
        checkins=since - timedelta(days=int(pairs) + 1),
        drinks=since - timedelta(days=drinking),
    )


def run_in_days(first_dose_day: date, protocol: Protocol) -> tuple[date, date]:
    """First and last local day whose events make the baseline: the run-in and the first dose."""
    return first_dose_day - timedelta(days=protocol.run_in_days), first_dose_day


def silence_filled(timeline: Timeline, now: datetime, evidence: Iterable[str]) -> bool:
    """Whether something was received by `now` about every silent day in a DIA flag's `evidence`."""
    return is_filled(timeline.known_at(now), evidence)


def is_filled(known: Known, evidence: Iterable[str]) -> bool:
    """`silence_filled` for a caller that has read what is known.

    Nobody who took back consent owes a diary: their silence is no alert any more.
    """
    return known.withdrawn or all(day in known.reported_days for day in _silent_days(evidence))


def specimen_explained(
    timeline: Timeline, now: datetime, protocol: Protocol, evidence: Iterable[str]
) -> bool:
    """Whether the use that explains the specimens of a UDS flag's `evidence` was told by the end
    of the day on which they were judged."""
    return is_explained(_evaluation(timeline, now, protocol), evidence)


def is_explained(evaluation: Evaluation, evidence: Iterable[str]) -> bool:
    """`specimen_explained` for a caller that has read what is known."""
    return bool(evaluation.protocol.rules.uds.at_tick) and uds.is_explained(evaluation, evidence)


def first_silent(evidence: Iterable[str]) -> date | None:
    """The first silent day in a DIA flag's `evidence`."""
    return min(_silent_days(evidence), default=None)


def _silent_days(evidence: Iterable[str]) -> Iterator[date]:
    return (date.fromisoformat(key.partition(":")[2]) for key in evidence)


def call_us_before_next_dose(timeline: Timeline, now: datetime, protocol: Protocol) -> bool:
    """OPI-2: whether Today says "call us before your next tablet" in place of the question.

    A state, not a flag: it holds for 10 times 24 hours from the last opioid use on record.
    """
    return opi.call_us_before_next_dose(_evaluation(timeline, now, protocol))
