"""From an entry to a flag and its mail, in one transaction."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from app import audit
from app.audit import SYSTEM, Subject
from app.flags.service import Outcome, reassess
from app.models.audit import AuditEntry
from app.models.people import Hold, Staff
from app.protocol.loader import load_protocol
from app.rules.replay import replay
from app.timeline.json_form import parse
from app.timeline.json_out import dump
from app.timeline.tables import read_timeline
from tests.cast import NOW
from tests.diary.rows import change_person
from tests.flags.record import (
    ACTOR,
    CLUSTER,
    FOUR_WORDS,
    check_in,
    evidence,
    flags,
    judge_again,
    mails,
    notices,
    rows,
    second_day_cluster,
    take_dose,
    tell_opioid,
)


def staff_change(database, cast, clock, staff_id, **values):
    table = Staff.__table__  # type: ignore[attr-defined]
    with database.write() as session:
        session.execute(update(table).where(table.c.id == staff_id).values(**values))
        audit.record(session, SYSTEM, "test.staff", Subject("staff", staff_id), now=clock())


def test_a_cluster_on_the_second_day_becomes_an_urgent_flag(database, cast, clock):
    outcome = second_day_cluster(database, cast.anna, clock())
    [flag] = flags(database)
    assert outcome == Outcome("urgent", ("WDL",))
    assert (flag.rule, flag.severity, flag.status) == ("WDL-2", "urgent", "open")
    assert flag.due_at == clock() + timedelta(hours=4)
    assert flag.site_id == cast.site
    assert re.fullmatch(r"[2-9A-HJKMNP-TW-Z]{3}-[2-9A-HJKMNP-TW-Z]{3}", flag.reference)


def test_the_first_on_the_list_and_the_counselor_get_one_mail_each(database, cast, clock):
    second_day_cluster(database, cast.anna, clock())
    found = {mail.recipient for mail in mails(database)}
    assert found == {"orlova@clinic.test", "petrova@clinic.test"}
    assert {one.staff_id for one in notices(database)} == {cast.orlova, cast.petrova}


@pytest.mark.req("W12")
def test_mail_says_how_soon_which_flag_and_where_and_nothing_else(database, cast, clock):
    staff_change(database, cast, clock, cast.petrova, language="ru")
    second_day_cluster(database, cast.anna, clock())
    [flag] = flags(database)
    by_recipient = {mail.recipient: mail for mail in mails(database)}
    english = by_recipient["orlova@clinic.test"]
    russian = by_recipient["petrova@clinic.test"]
    assert english.subject == f"Today: alert {flag.reference}"
    assert russian.subject == f"Сегодня: сигнал {flag.reference}"
    for mail in (english, russian):
        for part in (mail.text, mail.html):
            assert f"https://daybook.test/flags/{flag.public_id}" in part
            assert flag.reference in part
        everything = " ".join((mail.subject, mail.text, mail.html)).lower()
        assert not [word for word in FOUR_WORDS if word.lower() in everything]


def test_a_worse_answer_raises_the_flag_and_alerts_again(database, cast, clock):
    second_day_cluster(database, cast.anna, clock())
    outcome = check_in(database, cast.anna, clock.forward(hours=1), CLUSTER | {"agitation": 4})
    [flag] = flags(database)
    assert outcome.worst == "emergency"
    assert (flag.rule, flag.severity, flag.due_at) == ("WDL-3", "emergency", clock())
    assert len(mails(database)) == 2 + 3
    assert [row.change for row in evidence(database)] == ["raised", "worsened"]
    subjects = {mail.subject for mail in mails(database)}
    assert subjects == {f"Today: alert {flag.reference}", f"Now: alert {flag.reference}"}


def test_more_of_the_same_joins_the_open_flag_without_mail(database, cast, clock):
    second_day_cluster(database, cast.anna, clock())
    outcome = check_in(database, cast.anna, clock.forward(hours=1), CLUSTER)
    assert outcome == Outcome("urgent", ("WDL",))
    assert len(flags(database)) == 1
    assert len(mails(database)) == 2
    assert [row.change for row in evidence(database)] == ["raised", "added"]


def test_the_same_evidence_judged_again_alerts_nobody(database, cast, clock):
    second_day_cluster(database, cast.anna, clock())
    outcome = judge_again(database, cast.anna, clock.forward(minutes=5), CLUSTER | {"chills": 1})
    assert outcome == Outcome()
    assert len(evidence(database)) == 1
    assert len(mails(database)) == 2


def test_two_families_of_one_submission_share_a_mail(database, cast, clock):
    yesterday = clock() - timedelta(hours=20)
    take_dose(database, cast.anna, yesterday.date(), yesterday, at=yesterday)
    outcome = check_in(database, cast.anna, clock(), CLUSTER, signs=("seizure",))
    first, second = sorted(flags(database), key=lambda flag: flag.rule)
    assert (first.rule, second.rule) == ("EMG-1", "WDL-2")
    assert outcome == Outcome("emergency", ("EMG",))
    assert len(mails(database)) == 3
    assert len(notices(database)) == 6
    for mail in mails(database):
        assert mail.subject == f"Now: alerts {first.reference}, {second.reference}"


def test_a_routine_flag_sends_no_mail_at_once(database, cast, clock):
    yesterday = clock() - timedelta(hours=20)
    take_dose(database, cast.anna, yesterday.date(), yesterday, at=yesterday, mg=40)
    [flag] = flags(database)
    assert (flag.rule, flag.severity, flag.due_at) == ("DOS-2", "routine", None)
    assert mails(database) == []


@pytest.mark.req("L1")
def test_everything_or_nothing_commits(database, cast, clock):
    yesterday = clock() - timedelta(hours=20)
    take_dose(database, cast.anna, yesterday.date(), yesterday, at=yesterday)
    with pytest.raises(RuntimeError), database.write() as session:
        session.connection()  # begun
        reassess(session, cast.anna, [], ACTOR, clock())
        raise RuntimeError
    assert flags(database) == []


@pytest.mark.req("R1")
def test_every_change_of_a_flag_is_audited(database, cast, clock):
    second_day_cluster(database, cast.anna, clock())
    check_in(database, cast.anna, clock.forward(hours=1), CLUSTER | {"agitation": 4})
    entries = [row for row in rows(database, AuditEntry) if row.subject_kind == "flag"]
    assert [entry.action for entry in entries] == ["flag.raise", "flag.worsened"]
    assert {entry.actor for entry in entries} == {"system:rules"}
    assert entries[1].changes["severity"] == ["urgent", "emergency"]


def test_somebody_who_left_gets_no_mail(database, cast, clock):
    staff_change(database, cast, clock, cast.orlova, active=False)
    second_day_cluster(database, cast.anna, clock())
    assert "orlova@clinic.test" not in {mail.recipient for mail in mails(database)}


def test_an_address_that_no_mail_can_reach_stops_no_entry(database, cast, clock):
    staff_change(database, cast, clock, cast.orlova, email="orlova at the clinic")
    assert second_day_cluster(database, cast.anna, clock()).worst == "urgent"
    assert len(mails(database)) == 2


def test_an_entry_older_than_the_window_is_judged_from_the_whole_record(database, cast, clock):
    long_ago = (clock() - timedelta(days=60)).date()
    change_person(database, cast.anna, enrolled_at=clock() - timedelta(days=70))
    assert tell_opioid(database, cast.anna, long_ago, clock()).families == ("OPI",)


def test_a_note_reads_nothing(database, cast, clock):
    with database.write() as session:
        assert reassess(session, cast.anna, ["note-1"], ACTOR, clock()) == Outcome()


def test_flags_of_two_participants_stand_apart(database, cast, clock):
    second_day_cluster(database, cast.anna, clock())
    second_day_cluster(database, cast.boris, clock.forward(minutes=1))
    assert len(flags(database)) == 2
    recipients = [mail.recipient for mail in mails(database)]
    assert recipients.count("sokolov@clinic.test") == 1
    assert len({row.reference for row in flags(database)}) == 2


@pytest.mark.parametrize(("held", "worst"), [(True, None), (False, "urgent")])
def test_who_is_on_a_hold_is_not_presumed_to_take_the_tablet(database, cast, clock, held, worst):
    """Nobody asks about a tablet then: the hold itself tells, live and replayed."""
    first = clock()
    take_dose(database, cast.anna, first.date(), first, at=first)
    clock.forward(days=9)
    if held:
        from_day = (clock() - timedelta(days=6)).date()
        with database.write() as session:
            set_at = clock() - timedelta(days=6)
            row = Hold(
                participant_id=cast.anna,
                from_day=from_day,
                reason="x",
                set_by=cast.ivanova,
                set_at=set_at,
            )
            session.add(row)
            audit.record(session, SYSTEM, "test.hold", Subject("participant", cast.anna), now=NOW)
    assert check_in(database, cast.anna, clock(), CLUSTER).worst == worst
    with database.read() as session:
        exported = dump(read_timeline(session, cast.anna))
    found = replay(parse(exported), load_protocol(), clock())
    families = [line.finding.severity.word for line in found if line.finding.family == "WDL"]
    assert families == ([worst] if worst else [])
