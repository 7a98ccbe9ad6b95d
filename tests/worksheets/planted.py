"""A participant's sheets in every state, and the pages that are worth a look."""

from datetime import datetime, timedelta

from app.audit import Actor
from app.db import Database
from app.instruments.worksheets.answers import Cell
from app.models.worksheets import Assignment, Worksheet, WorksheetComment
from app.worksheets import service

DAY = timedelta(days=1)
LONG = "Call Ivan, then walk along the river until it is over. " * 4
# Pages, one of each kind: text, list, row with others above it, rulers, both sides of a balance,
# percent, times and counts, a choice in a row, figures, safety texts, a tap, what is sent.
PAGES = {
    "change_plan": ("1", "2", "3-2"),
    "rulers": ("1",),
    "decisional_balance": ("2",),
    "thought_record": ("3",),
    "sleep": ("1-2",),
    "support_map": ("1-1",),
    "personal_feedback": ("1",),
    "lapse_plan": ("1",),
    "trigger_diary": ("1",),
    "before_session": ("3",),
}
CELLS: dict[str, dict[str, Cell]] = {
    "change_plan": {"change": LONG, "reasons.0": "Sleep", "steps.0.step": LONG},
    "rulers": {"importance": 7, "confidence": 4, "readiness": 5},
    "decisional_balance": {"use.0.good": "Quiet", "use.0.less_good": LONG},
    "thought_record": {"thought": LONG, "belief": 80},
    "sleep": {"nights.0.night": "Monday", "nights.0.bed": "23:30", "nights.0.awakenings": 2},
    "support_map": {"people.0.person": "Ivan", "people.0.effect": "helps"},
    "personal_feedback": {"reaction": "Less than I thought"},
    "lapse_plan": {"stop": LONG},
    "trigger_diary": {"where": "home"},
    "before_session": {"importance": 8},
}
ABOUT = ("values", "rulers", "thought_record", "lapse_plan")
FINISHED = ("rulers", "decisional_balance", "sleep", "personal_feedback")


def plant(database: Database, who: int, staff: int, now: datetime) -> None:
    """Half-filled, finished, shared with a comment and changed since, and put away."""
    actor = Actor(f"participant:{who}", "participant")
    with database.write() as session:
        made: dict[str, Worksheet] = {}
        for back, key in enumerate(CELLS):
            at = now - back * DAY
            sheet = made[key] = service.start(session, actor, who, key, "en", None, at)
            service.save_draft(session, sheet, CELLS[key], 1, at)
            if key in FINISHED:
                service.finish(session, actor, sheet, at)
            if key in ("rulers", "sleep"):
                copy = service.share(session, actor, sheet, at)
                session.add(_comment(sheet, copy.id or 0, staff, at))
        earlier = service.start(session, actor, who, "rulers", "en", None, now - 20 * DAY)
        service.save_draft(session, earlier, {"importance": 5, "confidence": 2}, 1, now - 20 * DAY)
        service.finish(session, actor, earlier, now - 20 * DAY)
        for key in ("goodbye_and_maintenance", "problem_solving"):
            session.add(
                Assignment(participant_id=who, sheet_key=key, assigned_by=staff, assigned_at=now)
            )
        away = service.start(session, actor, who, "values", "en", None, now)
        service.remove(session, actor, away, now)
        service.save_draft(session, made["sleep"], {"plan": LONG}, 2, now)


def _comment(sheet: Worksheet, copy: int, staff: int, at: datetime) -> WorksheetComment:
    return WorksheetComment(
        worksheet_id=sheet.id or 0, copy_id=copy, staff_id=staff, at=at, text=f"Thank you. {LONG}"
    )
