"""Flags, live: what the rules find when something arrives or stays away, and what staff do.

The rules and the life of a flag are pure (`engine`, `life`); `keeping` holds their state in
tables, and mail goes out with it, all in the transaction of the entry that caused it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from app import audit, turns
from app.alerts.alerting import alert, read_person
from app.audit import Actor, Subject
from app.flags.keeping import (
    Case,
    allowed,
    change_flag,
    feed_flag,
    keep_evidence,
    raise_flag,
    record_change,
)
from app.flags.queries import ScopedFlag, flag_for
from app.flags.state import Unresolved, read_state
from app.models.flags import FLAG, FLAG_ACTION
from app.models.people import STAFF
from app.protocol.in_force import has_none_of_its_own, protocol_in_force
from app.rules.engine import (
    checkin_reach,
    concerned_from,
    find_at_tick,
    find_on_arrival,
    first_silent,
    silence_filled,
    specimen_explained,
    window_start,
)
from app.rules.finding import Finding, Severity
from app.rules.life import Change, Decision, decide
from app.rules.transitions import ACKNOWLEDGE, CLOSE, HAND_OVER, RESOLVE, next_status
from app.timeline.days import local_day
from app.timeline.events import FAMILIES, Event
from app.timeline.recent import read_for_checkin
from app.timeline.tables import read_timeline
from app.timeline.timeline import Timeline
from app.visit.identity import StaffMe

_ACTION = insert(FLAG_ACTION)
_WORKS_HERE = (
    select(STAFF.c.active).where(STAFF.c.id == bindparam("who")).with_for_update(read=True)
)
_RESOLVED_SO = select(FLAG_ACTION.c.id).where(
    FLAG_ACTION.c.flag_id == bindparam("flag"),
    FLAG_ACTION.c.staff_id == bindparam("who"),
    FLAG_ACTION.c.action == RESOLVE,
    FLAG_ACTION.c.outcome == bindparam("outcome"),
    FLAG_ACTION.c.note == bindparam("note"),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an arrival led to.

    ``worst`` is the gravest severity of new evidence, also where the flag was open before:
    whoever reports an emergency sees the help page each time. ``families`` are those of
    that severity.
    """

    worst: str | None = None
    families: tuple[str, ...] = ()


def reassess(
    session: Session, participant_id: int, arrived: Sequence[str], actor: Actor, now: datetime
) -> Outcome:
    """Judge the events named in ``arrived`` (ids as ``timeline.tables`` gives them)."""
    if all(id_.startswith("note-") for id_ in arrived):
        return Outcome()
    case = _open_case(session, participant_id, actor, now)
    _close_silence(case)
    _close_explained(case, arrived)
    timeline, events = _arrivals(case, arrived)
    _apply(case, find_on_arrival(timeline, events, now, case.protocol))
    return _outcome(case)


def tick(session: Session, participant_id: int, moment: datetime, now: datetime) -> Outcome:
    """The daily look at silence and slow build-up, as of ``moment`` (23:45 local)."""
    case = _open_case(session, participant_id, audit.SYSTEM, now)
    timeline = read_timeline(session, participant_id)
    alerted_at = case.record.alerted_at
    _apply(case, find_at_tick(timeline, moment, case.protocol, alerted_at))
    return _outcome(case)


def _open_case(session: Session, participant_id: int, actor: Actor, now: datetime) -> Case:
    # What is open is read, then written: nobody else may do the same in between.
    turns.of_person(session, participant_id)
    person = read_person(session, participant_id)
    record = read_state(session, participant_id)
    rules = Actor("system:rules", "", actor.request_id, person.site_id)
    if not person.own_protocol:
        has_none_of_its_own(session, person.site_id)
    protocol = protocol_in_force(session, person.site_id, now)
    return Case(session, person, record, protocol, rules, now)


def _outcome(case: Case) -> Outcome:
    if not case.fresh:
        return Outcome()
    worst = max(case.fresh.values())
    return Outcome(worst.word, tuple(name for name, found in case.fresh.items() if found == worst))


def _arrivals(case: Case, arrived: Sequence[str]) -> tuple[Timeline, list[Event]]:
    """What the rules need to see ``arrived``: as little as will do, else everything.

    An ordinary check-in is about today. Participants fill in days no further back
    than the protocol lets them; what is older was entered by staff.
    """
    days_arrived = any(not id_.startswith("checkin-") for id_ in arrived)
    if not days_arrived:
        today = local_day(case.now, case.person.timezone)
        reach = checkin_reach(today, case.protocol)
        timeline = read_for_checkin(
            case.session, case.person.id, case.person.header, reach, case.protocol.sitting
        )
        if (events := _complete(timeline, arrived, today)) is not None:
            return timeline, events
    earliest = case.now.date() - timedelta(days=case.protocol.backfill_days + 2)
    since = window_start(earliest, case.protocol)
    timeline = read_timeline(case.session, case.person.id, since, all_days=True)
    events = _complete(timeline, arrived, earliest)
    if events is None:
        timeline = read_timeline(case.session, case.person.id)
        events = _named(timeline, arrived)
    return timeline, events


def _complete(timeline: Timeline, arrived: Sequence[str], since: date) -> list[Event] | None:
    """The events that arrived; None where one is missing or says something about days before."""
    events = _named(timeline, arrived)
    concerned = concerned_from(timeline, events)
    if len(events) < len(set(arrived)) or (concerned is not None and concerned < since):
        return None
    return events


def _named(timeline: Timeline, ids: Sequence[str]) -> list[Event]:
    wanted = set(ids)
    return [event for event in timeline.events if event.id in wanted]


def _close_silence(case: Case) -> None:
    """A flag about a silent diary closes itself once its days are filled in.

    Its own read: the read for an arrival may begin after the first silent day, or read the days
    of a diary on demand alone.
    """
    flag = case.record.of("DIA").flag
    if flag is None:
        return
    since = first_silent(flag.evidence)
    timeline = read_timeline(case.session, case.person.id, since)
    if silence_filled(timeline, case.now, flag.evidence):
        _close(case, "DIA", flag)


def _close_explained(case: Case, arrived: Sequence[str]) -> None:
    """A flag about a urine closes itself once the use behind it is told, the same day."""
    flag = case.record.of("UDS").flag
    if flag is None or not any(id_.startswith("substances-") for id_ in arrived):
        return
    timeline = read_timeline(case.session, case.person.id)
    if specimen_explained(timeline, case.now, case.protocol, flag.evidence):
        _close(case, "UDS", flag)


def _close(case: Case, family: str, flag: Unresolved) -> None:
    status = allowed(flag.status, CLOSE)
    change_flag(case, flag, status=status, resolved_at=case.now, outcome="no_action")
    changes = {"status": [flag.status, status]}
    record_change(case, "flag.close", flag.id, changes)
    case.record.of(family).flag = None


def _apply(case: Case, findings: Iterable[Finding]) -> None:
    by_family: dict[str, list[Finding]] = {}
    for finding in findings:
        by_family.setdefault(finding.family, []).append(finding)
    for name in FAMILIES:
        if name in by_family:
            family = case.record.of(name)
            open_flag = family.flag.open_flag if family.flag else None
            decision = decide(open_flag, family.seen, by_family[name], case.now)
            if decision.lead is not None:
                _carry_out(case, name, family.flag, decision, decision.lead)
    alert(case.session, case.person, case.alerted, case.now)


def _carry_out(
    case: Case, family: str, flag: Unresolved | None, decision: Decision, lead: Finding
) -> None:
    case.fresh[family] = lead.severity
    alerted = raise_flag(case, lead) if flag is None else feed_flag(case, flag, decision, lead)
    for finding in decision.fresh:
        change = decision.change if finding is lead else Change.ADDED
        keep_evidence(case, alerted.flag_id, finding, change)
    if decision.change is not Change.ADDED and lead.severity >= Severity.URGENT:
        case.alerted.append(alerted)


class ChangedMeanwhile(Exception):
    """Somebody else, or new evidence, changed the flag since the form was shown."""


def acknowledge(
    session: Session, me: StaffMe, public_id: str, version: int, note: str, now: datetime
) -> None:
    """Say "I have this". Raises NotFound, ChangedMeanwhile; a second tap changes nothing."""
    # Who is being switched off takes nothing more: nobody would be asked about it again.
    if not session.execute(_WORKS_HERE, {"who": me.id}).scalar_one():
        raise ChangedMeanwhile
    flag = _flag_in_turn(session, me, public_id)
    if flag.status == "acknowledged" and flag.acknowledged_by == me.id:
        return
    status = _checked(flag, ACKNOWLEDGE, version)
    values = {"status": status, "acknowledged_at": now, "acknowledged_by": me.id}
    _act(session, me, flag, ACKNOWLEDGE, values, note, now)


def resolve(
    session: Session,
    me: StaffMe,
    public_id: str,
    version: int,
    outcome: str,
    note: str,
    now: datetime,
) -> None:
    """Close a flag with what came of it. Raises NotFound, ChangedMeanwhile.

    The same once more, from a page that heard no answer, changes nothing.
    """
    flag = _flag_in_turn(session, me, public_id)
    said = {"flag": flag.id, "who": me.id, "outcome": outcome, "note": note}
    if flag.status == "resolved" and session.execute(_RESOLVED_SO, said).first():
        return
    status = _checked(flag, RESOLVE, version)
    values = {"status": status, "resolved_at": now, "resolved_by": me.id, "outcome": outcome}
    _act(session, me, flag, RESOLVE, values, note, now)


def hand_over(
    session: Session, me: StaffMe, from_id: int, to_id: int, reason: str, now: datetime
) -> None:
    """Alerts that somebody acknowledged and leaves unresolved are another's from now on.

    Asked of the site by whoever keeps its accounts, so it names no person and shows none.
    """
    held = select(FLAG.c.id, FLAG.c.participant_id).where(
        FLAG.c.site_id == me.site_id,
        FLAG.c.acknowledged_by == from_id,
        FLAG.c.status == "acknowledged",
    )
    for row in session.execute(held.order_by(FLAG.c.participant_id, FLAG.c.id)).all():
        turns.of_person(session, row.participant_id)
        session.execute(
            update(FLAG)
            .where(FLAG.c.id == row.id, FLAG.c.acknowledged_by == from_id)
            .values(acknowledged_by=to_id, version=FLAG.c.version + 1)
        )
        handed = {"flag_id": row.id, "at": now, "staff_id": to_id, "action": HAND_OVER, "note": ""}
        session.execute(_ACTION, handed)
        changes = {"acknowledged_by": [from_id, to_id]}
        subject = Subject("flag", row.id)
        audit.record(
            session, me.actor, "flag.hand_over", subject, now=now, changes=changes, reason=reason
        )


def _flag_in_turn(session: Session, me: StaffMe, public_id: str) -> ScopedFlag:
    # Read after whoever decides about the person now, so that the version is still true when we
    # write; and before, to know whom it is about.
    turns.of_person(session, flag_for(session, me, public_id).participant_id)
    return flag_for(session, me, public_id)


def _checked(flag: ScopedFlag, action: str, version: int) -> str:
    status = next_status(flag.status, action)
    if status is None or flag.version != version:
        raise ChangedMeanwhile
    return status


def _act(
    session: Session,
    me: StaffMe,
    flag: ScopedFlag,
    action: str,
    values: dict[str, Any],
    note: str,
    now: datetime,
) -> None:
    done = session.execute(
        update(FLAG)
        .where(FLAG.c.id == flag.id, FLAG.c.version == flag.version)
        .values(version=flag.version + 1, **values)
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        raise ChangedMeanwhile
    entry = {"flag_id": flag.id, "at": now, "staff_id": me.id, "action": action, "note": note}
    session.execute(_ACTION, {**entry, "outcome": values.get("outcome")})
    changes = {"status": [flag.status, values["status"]], "note": [None, note]}
    if "outcome" in values:
        changes["outcome"] = [None, values["outcome"]]
    subject = Subject("flag", flag.id)
    audit.record(session, me.actor, f"flag.{action}", subject, now=now, changes=changes)
