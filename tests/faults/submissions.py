"""F1: submissions while the servers are killed. What was acknowledged must be there, once."""

from collections import Counter
from collections.abc import Sequence
from time import monotonic
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from app import audit
from app.db import Database
from app.models.audit import AuditEntry
from app.models.checkin import CheckinPage
from app.models.diary import Dose, DrinkDay, Submission, SubstanceDay
from app.models.flags import FlagEvidence, Notice
from app.models.outbox import Message
from tests.faults.answers import Answer, answers
from tests.faults.people import RECIPIENTS, invite_people
from tests.faults.phones import Heard, send_all
from tests.faults.processes import killing, servers
from tests.faults.report import Run

DAYS: dict[str, Any] = {"drinks": DrinkDay, "substances": SubstanceDay, "dose": Dose}
ALERTING = ("urgent", "emergency")


def run(
    database: Database, submissions: int, *, clients: int = 4, seed: int = 1, processes: int = 2
) -> Run:
    """``submissions`` forms by retrying clients against servers that are killed all the time."""
    phones = invite_people(database, max(4, submissions // 20))
    wanted = list(answers(phones, submissions, seed))
    started = monotonic()
    with servers(database, processes) as found, killing(found, seed, 1.0, 2.5) as kills:
        heard = send_all(database, found, wanted, clients=clients)
    seconds = monotonic() - started
    faults = [*heard.faults, *check(database, wanted, heard)]
    with database.read() as session:
        raised = _count(session, FlagEvidence, FlagEvidence.change.in_(("raised", "worsened")))  # type: ignore[attr-defined]
        mails = _count(session, Message, Message.kind == "alert")
    told = (
        f"{len(heard.kept)} of {submissions} acknowledged, {heard.replayed} replays, "
        f"{len(kills)} kills, {heard.broken} broken connections, answers {dict(heard.statuses)}, "
        f"{raised} raises and worsenings, {mails} alert mails, {seconds:.0f} s"
    )
    return Run(told, faults)


def check(database: Database, wanted: Sequence[Answer], heard: Heard) -> list[str]:
    """Everything that must hold once all is quiet; one line for each thing that does not."""
    faults = []
    with database.read() as session:
        faults += _lost(session, wanted, heard)
        faults += _doubled(session)
        faults += _other_words(session, wanted)
        faults += _mail(session)
        faults += _trail(session)
    return faults + _whole(database)


def _lost(session: Session, wanted: Sequence[Answer], heard: Heard) -> list[str]:
    """Every token that was acknowledged has its entry, and no token has two."""
    tokens = Counter(session.execute(select(Submission.token)).scalars().all())  # type: ignore[call-overload]
    lost = [one.token for one in heard.kept if one.token not in tokens]
    strange = set(tokens) - {one.token for one in wanted}
    doubled = [token for token, count in tokens.items() if count > 1]
    found = {"acknowledged and lost": lost, "doubled tokens": doubled, "unknown tokens": strange}
    return [f"{len(which)} {what}" for what, which in found.items() if which]


def _doubled(session: Session) -> list[str]:
    """Every row that a form makes is the row of exactly one form."""
    faults = []
    for kind, model in DAYS.items():
        rows = set(session.execute(select(model.id)).scalars().all())
        named = _subjects(session, kind)
        if rows != set(named):
            faults.append(f"{kind}: {len(rows)} rows, {len(named)} of them asked for")
    pages = Counter(session.execute(select(CheckinPage.checkin_id)).scalars().all())  # type: ignore[call-overload]
    if pages != _subjects(session, "checkin"):
        faults.append(f"{pages.total()} pages of check-ins do not match their submissions")
    return faults


def _subjects(session: Session, kind: str) -> Counter[int]:
    found = select(Submission.subject_id).where(Submission.kind == kind)  # type: ignore[call-overload]
    return Counter(session.execute(found).scalars().all())


def _other_words(session: Session, wanted: Sequence[Answer]) -> list[str]:
    """What is stored is what was sent: urges by check-in, drinks by row."""
    found = select(Submission.token, Submission.subject_id, Submission.kind)  # type: ignore[call-overload]
    subjects = {row.token: row.subject_id for row in session.execute(found)}
    sent: Counter[tuple[int, str | None, str | None]] = Counter()
    faults = []
    stored = {row.id: row for row in session.execute(select(DrinkDay)).scalars()}
    for one in wanted:
        subject = subjects.get(one.token)
        if subject is not None and one.kind == "checkin":
            sent[subject, one.value("alcohol_craving"), one.value("opioid_craving")] += 1
        if subject is not None and one.kind == "drinks":
            count = float(one.value("n:vodka:50:40") or 0)
            if sum(item["count"] for item in stored[subject].items) != count:
                faults.append(f"a day's drinks are not the {count:g} that were sent")
    kept: Counter[tuple[int, str | None, str | None]] = Counter()
    for page in session.execute(select(CheckinPage)).scalars():
        alcohol, opioid = (page.ratings[f"{what}_craving"] for what in ("alcohol", "opioid"))
        kept[page.checkin_id, f"{alcohol / 10:g}", f"{opioid / 10:g}"] += 1
    if kept != sent:
        faults.append(f"{(kept - sent).total() + (sent - kept).total()} urges are not as sent")
    return faults


def _mail(session: Session) -> list[str]:
    """One notice for each raise or worsening and recipient; a submission's notices share a mail."""
    told = select(FlagEvidence.flag_id, FlagEvidence.severity, FlagEvidence.at).where(  # type: ignore[call-overload]
        FlagEvidence.change.in_(("raised", "worsened")),  # type: ignore[attr-defined]
        FlagEvidence.severity.in_(ALERTING),  # type: ignore[attr-defined]
    )
    expected = Counter((row.flag_id, row.severity) for row in session.execute(told))
    notices = session.execute(select(Notice)).scalars().all()
    found = Counter((one.flag_id, one.severity) for one in notices if one.step == 0)
    faults = []
    if found != Counter({key: times * RECIPIENTS for key, times in expected.items()}):
        faults.append(f"{found.total()} notices for {expected.total()} raises and worsenings")
    mails = set(session.execute(select(Message.id).where(Message.kind == "alert")).scalars())  # type: ignore[call-overload]
    if mails != {one.message_id for one in notices}:
        faults.append("there are mails without a flag, or flags without a mail")
    return faults


def _trail(session: Session) -> list[str]:
    """Each row that a form made has its one entry in the trail, and the chain is whole."""
    _, faults = audit.verify(session.connection())
    entries = Counter(session.execute(select(AuditEntry.action)).scalars().all())  # type: ignore[call-overload]
    for kind, model in (*DAYS.items(), ("checkin", CheckinPage)):
        rows = _count(session, model)
        recorded = sum(entries[f"{kind}.{what}"] for what in ("add", "change"))
        if rows != recorded:
            faults.append(f"{kind}: {rows} rows and {recorded} entries in the trail")
    return faults


def _whole(database: Database) -> list[str]:
    """SQLite's and SQLCipher's own look at every page of the file."""
    if not database.uses_sqlite:
        return []
    with database.engine.connect() as connection:
        found = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check")]
        found += [row[0] for row in connection.exec_driver_sql("PRAGMA cipher_integrity_check")]
        found += list(connection.exec_driver_sql("PRAGMA foreign_key_check"))
    return [str(one) for one in found if one != "ok"]


def _count(session: Session, model: Any, *conditions: Any) -> int:
    statement = select(func.count()).select_from(model).where(*conditions)
    return int(session.execute(statement).scalar_one())
