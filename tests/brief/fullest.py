"""The fullest brief that one can imagine: every list longer than it is shown, every word long."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import update

from app.brief.queries import PREPARED
from app.instruments.vocabulary import SYMPTOMS
from app.instruments.worksheets.loader import all_sheets
from app.models.checkin import CheckinJudgement
from app.models.flags import FlagAction
from app.models.worksheets import Assignment, Worksheet, WorksheetCopy
from tests.brief.diary import Diary, noon

LONG = "Нескончаемая бессонница и переосвидетельствование, о которых хочется поговорить. " * 20
FLAGS = ("WDL-3", "OPI-1", "SUI-2", "CRV-2", "ALC-1", "DOS-1", "BP-1", "VOM-1", "DIA-1", "UDS-1")
SIGNS = ["hallucination", "confusion", "breathing_trouble", "no_fluids_12h"]
KINDS = ("samogon", "fortified_wine", "non_beverage", "can_cocktail", "malt_liquor")


def fullest(diary: Diary, site: int, staff: int, today: date) -> None:
    _days(diary, today)
    _flags(diary, site, staff)
    _sheets(diary, staff, today)
    for back in (3, 5, 6, 8):
        diary.note(noon(today - timedelta(days=back)), LONG)
    for back in (2, 4, 9, 16):
        diary.urine(noon(today - timedelta(days=back)), "positive" if back > 2 else "negative")
    for number, back in enumerate((40, 33, 26, 19, 12), 1):
        diary.session_on(noon(today - timedelta(days=back)), number, attended=True)
    for back in (5, 6):
        diary.session_on(noon(today - timedelta(days=back)), 6, attended=False)
    diary.session_on(noon(today + timedelta(days=2)), 7)


def _days(diary: Diary, today: date) -> None:
    for back in range(42, -1, -1):
        day = today - timedelta(days=back)
        late = {"provenance": "recalled"} if back % 4 == 0 else {}
        recent = back < 8
        diary.dose(day, back not in (1, 3, 5), **late)
        diary.drinks(day, 9 if back == 3 else (7 if recent else 3), **late)
        diary.substances(day, *(["opioid", "sedative", "cannabis"] if recent else []), **late)
        urge = 95 if recent else 20
        level = 4 if recent else 2
        ratings = {name: level for name in SYMPTOMS}
        row = diary.checkin(noon(day), alcohol_craving=urge, opioid_craving=urge, **ratings)
        if back == 1:
            told = update(CheckinJudgement).where(CheckinJudgement.checkin_id == row.id)
            diary.session.execute(told.values(signs=SIGNS))
    items = [{"beverage": kind, "ml": 100, "abv": 40, "count": 1, "grams": 31.6} for kind in KINDS]
    row = diary.drinks(today - timedelta(days=2), 0)
    row.items = items
    diary.session.add(row)


def _flags(diary: Diary, site: int, staff: int) -> None:
    at = datetime(2026, 11, 22, 12, tzinfo=UTC)
    for rule in FLAGS:
        flag = diary.flag(site, rule.partition("-")[0], rule, "urgent", status="acknowledged")
        action = FlagAction(
            flag_id=flag.id, at=at, staff_id=staff, action="acknowledge", note=LONG[:1000]
        )
        diary.session.add(action)
    diary.session.flush()


def _sheets(diary: Diary, staff: int, today: date) -> None:
    at = noon(today - timedelta(days=3))
    for number, sheet in enumerate(all_sheets()[-12:]):
        asked = Assignment(
            participant_id=diary.who, sheet_key=sheet.key, assigned_by=staff, assigned_at=at
        )
        diary.session.add(asked)
        diary.session.flush()
        if number % 3:
            _filled(diary, sheet.key, at, asked.id, shared=number % 2 == 0)
    for ruler in (8, 4):
        values = {"importance": ruler, "confidence": 10 - ruler, "readiness": ruler}
        _filled(diary, "rulers", at + timedelta(minutes=ruler), None, True, values)
    _filled(diary, PREPARED, at, None, True, {"wish": LONG})


def _filled(diary, key, at, assignment_id, shared, values=None) -> None:
    sheet = Worksheet(
        participant_id=diary.who,
        assignment_id=assignment_id,
        sheet_key=key,
        sheet_version=1,
        language="ru",
        started_at=at,
        finished_at=at,
    )
    diary.session.add(sheet)
    diary.session.flush()
    diary.session.add(
        WorksheetCopy(
            worksheet_id=sheet.id,
            participant_id=diary.who,
            made_at=at,
            values=values or {},
            shared_at=at if shared else None,
        )
    )
    diary.session.flush()
