"""What the rules of messages are told about a participant: their own record, and all of it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.framing.queries import Exposure, exposure_on, exposures, facts_of
from app.models.checkin import Checkin, CheckinPage
from app.models.diary import Dose, DrinkDay, SubstanceDay
from app.models.flags import Flag
from app.models.framing import MessageExposure
from tests.cast import NOW
from tests.worksheets.sheets import add, change

TODAY = date(2026, 11, 23)
YESTERDAY = TODAY - timedelta(days=1)
MIDNIGHT = datetime(2026, 11, 22, 21, tzinfo=UTC)  # the beginning of TODAY in Moscow


class Me:
    """As much of a participant as the facts are asked with."""

    def __init__(self, participant_id):
        self.id, self.timezone, self.first_dose_on = participant_id, "Europe/Moscow", TODAY


@pytest.fixture
def facts(database, cast):
    def read(who=cast.anna):
        with database.read() as session:
            return facts_of(session, Me(who), TODAY)

    return read


def entry(database, who, day=YESTERDAY, kind=DrinkDay, **more):
    values = {"taken": True} if kind is Dose else {"items": []}
    row = kind(participant_id=who, day=day, received_at=NOW, **values, **more)
    return add(database, row)


def checkin(database, who, at, pages=1):
    row = Checkin(
        participant_id=who,
        token=f"{at}",
        instrument="mood",
        version=1,
        language="en",
        started_at=at,
    )
    made = add(database, row)
    for page in range(pages):
        add(
            database,
            CheckinPage(checkin_id=made, page=str(page), method="each", received_at=at),
        )


def flag(database, cast, who, severity="urgent"):
    row = Flag(
        reference=f"R-{severity[:3]}",
        participant_id=who,
        site_id=cast.site,
        family="WDL",
        rule="WDL-1",
        severity=severity,
        status="open",
        raised_at=NOW,
        about=NOW,
        protocol_version="1",
        rules_version="1",
    )
    return add(database, row)


def shown(database, who, day=TODAY):
    row = MessageExposure(
        participant_id=who,
        day=day,
        shown_at=NOW,
        library_version=1,
        message_key=f"of_{who}",
        frame="gain",
        language="en",
        assigned_by="gain",
    )
    return add(database, row)


@pytest.mark.parametrize("kind", [Dose, DrinkDay, SubstanceDay])
def test_a_day_with_an_entry_of_any_kind_is_told_once(facts, database, cast, kind):
    assert facts().told == 0
    for _ in range(2):
        entry(database, cast.anna, kind=kind)
    entry(database, cast.anna, kind=SubstanceDay)
    assert facts().told == 1


def test_the_last_seven_full_days_count_and_neither_today_nor_the_eighth(facts, database, cast):
    for back in (0, 8):
        entry(database, cast.anna, TODAY - timedelta(days=back))
    assert facts().told == 0
    for back in (1, 7):
        entry(database, cast.anna, TODAY - timedelta(days=back))
    assert facts().told == 2


def test_what_was_replaced_or_taken_back_is_no_entry(facts, database, cast):
    entry(database, cast.anna, superseded_at=NOW)
    entry(database, cast.anna, void=True)
    assert facts().told == 0


def test_a_check_in_tells_its_local_day_once_a_page_of_it_came(facts, database, cast):
    second = timedelta(seconds=1)
    checkin(database, cast.anna, MIDNIGHT - timedelta(hours=5), pages=0)
    checkin(database, cast.anna, MIDNIGHT)
    checkin(database, cast.anna, MIDNIGHT - timedelta(days=7) - second)
    assert facts().told == 0
    checkin(database, cast.anna, MIDNIGHT - second, pages=2)
    checkin(database, cast.anna, MIDNIGHT - timedelta(days=7))
    assert facts().told == 2
    entry(database, cast.anna)
    assert facts().told == 2


def test_the_days_of_another_participant_are_not_told(facts, database, cast):
    for kind in (Dose, DrinkDay, SubstanceDay):
        entry(database, cast.boris, kind=kind)
    checkin(database, cast.boris, MIDNIGHT - timedelta(hours=1))
    assert (facts().told, facts(cast.boris).told) == (0, 1)


@pytest.mark.parametrize(
    ("severity", "serious"), [("routine", False), ("urgent", True), ("emergency", True)]
)
def test_an_alert_is_serious_from_urgent_on_until_it_is_resolved(
    facts, database, cast, severity, serious
):
    row = flag(database, cast, cast.anna, severity)
    for status in ("open", "acknowledged"):
        change(database, Flag, row, status=status)
        assert facts().serious is serious
    change(database, Flag, row, status="resolved")
    assert not facts().serious


def test_the_alert_of_another_participant_is_not_ones_own(facts, database, cast):
    flag(database, cast, cast.boris)
    assert (facts().serious, facts(cast.boris).serious) == (False, True)


def test_what_another_participant_was_shown_is_in_no_list_but_theirs(database, cast):
    shown(database, cast.anna)
    shown(database, cast.boris)
    shown(database, cast.boris, YESTERDAY)
    with database.read() as session:
        (mine,) = exposures(session, cast.anna)
        assert mine == Exposure(TODAY, NOW, f"of_{cast.anna}", 1, "gain", "en", "gain")
        assert exposure_on(session, cast.anna, TODAY) == mine
        assert exposure_on(session, cast.anna, YESTERDAY) is None
        theirs = exposures(session, cast.boris)
    assert [one.day for one in theirs] == [TODAY, YESTERDAY]
