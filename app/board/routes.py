"""The page of the whole trial: what was counted last night, and what waits today."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from app.board import queries
from app.board.chart import curve
from app.board.words import ENDINGS, ENDPOINTS, SIGNALS
from app.i18n import Translator
from app.measures.signals import Boundary, soonest_and_latest
from app.staff.frame import staff_page
from app.visit.gate import for_staff
from app.visit.roles import HANDLES_TASKS, READS_BOARD, READS_EVENTS, READS_RECORDS
from app.visit.visits import StaffVisit
from app.worklist.words import KINDS

router = APIRouter()
# The pilot that this study follows: effects that looked like withdrawal in 6 of 8, in an order
# that was not published (doi 10.17816/nb685805).
PILOT = (6, 8)


@router.get("/board")
@for_staff(READS_BOARD)
def whole_trial(visit: StaffVisit) -> Response:
    tr, me = visit.tr, visit.me
    kept = queries.kept(visit.session, me)
    coming = queries.coming(visit.session, me, visit.now)
    waiting = queries.waiting(visit.session, me)
    context: dict[str, Any] = {
        "nav": "board",
        "kept": kept,
        "coming": coming[: queries.MOST_SHOWN],
        "more_coming": len(coming) > queries.MOST_SHOWN,
        "waiting": waiting[: queries.MOST_SHOWN],
        "more_waiting": len(waiting) > queries.MOST_SHOWN,
        "kinds": {key: tr(text) for key, text in KINDS.items()},
        "opens_records": me.may(READS_RECORDS),
        "opens_tasks": me.may(HANDLES_TASKS),
        "opens_events": me.may(READS_EVENTS),
    }
    if kept is not None:
        context |= _told(kept.content, tr)
    return staff_page(visit, "board/board.html", context)


def _told(found: Mapping[str, Any], tr: Translator) -> dict[str, Any]:
    """The picture in words."""
    day = date.fromisoformat(found["day"])
    last = found["curve"][-1] if found["curve"] else None
    finding = (
        tr(
            "%(share)s were still in treatment on day %(day)s, of %(num)s who took a first dose.",
            share=_percent(last["survival"], tr),
            day=last["day"],
            num=found["started"],
        )
        if last
        else ""
    )
    return {
        "found": found,
        "day": tr.day_inline(day, "EEEE, d MMMM y"),
        "finding": finding,
        "curve": curve(found, tr("Staying in treatment"), finding, tr) if last else None,
        "steps": [_step(one, tr) for one in found["curve"] if one["events"]],
        "days_told": _percent_of(found["days_told"], found["days"], tr),
        "specimens": _percent_of(found["specimens_given"], found["specimens_due"], tr),
        "in_treatment": _percent_of(found["in_treatment"], found["started"], tr),
        "signals": [_signal(one, tr) for one in found["signals"]],
        "endpoints": list(_endpoints(found["endpoints"], tr)),
        "endings": [(tr(ENDINGS[key]), num) for key, num in sorted(found["endings"].items())],
        "grades": [
            (grade, num) for grade in range(1, 6) if (num := found["events"].get(f"grade {grade}"))
        ],
    }


def _step(one: Mapping[str, Any], tr: Translator) -> tuple[str, str, str, str]:
    band = "–" if one["low"] is None else _band(one["low"], one["high"], tr)
    return str(one["day"]), str(one["events"]), _percent(one["survival"], tr), band


def _percent(share: float, tr: Translator) -> str:
    return f"{tr.number(100 * share, 0)}%"


def _band(low: float, high: float, tr: Translator) -> str:
    return f"{tr.number(100 * low, 0)}–{tr.number(100 * high, 0)}%"


def _percent_of(part: int, whole: int, tr: Translator) -> str:
    return _percent(part / whole, tr) if whole else "–"


def _signal(one: Mapping[str, Any], tr: Translator) -> dict[str, Any]:
    """A row: how many, both intervals, the boundary, where it was crossed, and the pilot."""
    boundary = Boundary(one["share"], one["certainty"], one["least"])
    pilot = soonest_and_latest(*PILOT, boundary) if one["signal"] == "reaction" else None
    return {
        "name": tr(SIGNALS[one["signal"]]),
        "count": tr("%(num)s of %(all)s", num=one["events"], all=one["people"]),
        "exact": _band(one["low"], one["high"], tr),
        "bayesian": _band(one["bayes_low"], one["bayes_high"], tr),
        "line": tr(
            "above %(share)s, %(certainty)s sure",
            share=_percent(one["share"], tr),
            certainty=_percent(one["certainty"], tr),
        ),
        "probability": f"{tr.number(100 * one['probability'], 1)}%",
        "crossed_at": one["crossed_at"],
        "pilot": pilot,
    }


def _endpoints(
    found: list[Mapping[str, Any]], tr: Translator
) -> Iterator[tuple[str, str, str, int]]:
    for one in found:
        name, reading, form = ENDPOINTS[one["key"]]
        value = one["value"]
        if value is None:
            shown = "–"
        elif form == "of":
            shown = tr("%(num)s of %(all)s", num=one["of"], all=one["people"])
        elif form == "share":
            shown = f"{tr.number(100 * value, 1)}%"
        else:
            shown = tr.number(value, 1) + ("%" if form == "percent" else "")
        yield tr(name), tr(reading), shown, one["people"]
