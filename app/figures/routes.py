"""The page of the site's figures."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from app.alerts.escalation import EMERGENCY_AGAIN
from app.figures.charts import TIMED, alerts_chart, waits_chart
from app.figures.figures import Figures, Week, figures
from app.flags.pages import week_query
from app.flags.shown import KINDS, SEVERITIES, waited
from app.i18n import N_, Translator
from app.protocol.in_force import protocol_in_force
from app.rules.compare import WORDS
from app.staff.frame import staff_page
from app.visit.gate import for_staff
from app.visit.roles import READS_FIGURES
from app.visit.visits import StaffVisit

router = APIRouter()
AFT = "Mazza 2024 (AFT-39, PRO-TECT), doi 10.1007/s11136-024-03675-3"
CENTRE = "JMIR Med Inform 2022, e38483"
HEART = N_("physIQ, told by its maker")
SIMULATED = N_("these rules on a simulated cohort")


@dataclass(frozen=True, slots=True)
class Published:
    """What others report, beside what is so here; a source is quoted, not linked."""

    what: str
    figure: str
    here: str
    source: str


@router.get("/figures")
@for_staff(READS_FIGURES)
def site_figures(visit: StaffVisit) -> Response:
    tr = visit.tr
    protocol = protocol_in_force(visit.session, visit.me.site_id, visit.now)
    found = figures(visit.session, visit.me.site_id, visit.me.timezone, protocol, visit.now)
    weeks = found.by_week
    urgent = protocol.due.urgent
    targets = {"emergency": waited(EMERGENCY_AGAIN, tr), "urgent": waited(urgent, tr)}
    raised, taken = _most(weeks, tr), _in_time(weeks, tr)
    context: dict[str, Any] = {
        "nav": "figures",
        "found": found,
        "targets": targets,
        "raised": raised,
        "taken": taken,
        "alerts": alerts_chart(weeks, tr("Alerts a week"), raised, tr) if raised else None,
        "waits": waits_chart(weeks, tr("Time to acknowledge"), taken, tr) if taken else None,
        "timed": TIMED,
        "words": list(SEVERITIES),
        "weeks": [_week(week, tr) for week in reversed(weeks)],
        "kinds": {word: tr(text) for word, text in KINDS.items()},
        "rows": [_row(found, word, tr) for word in WORDS],
        "acted": share(found.acted_on, found.resolved, tr),
        "false_alarm": share(found.false_alarms, found.resolved, tr),
        "mail_median": waited(found.mail_median, tr),
        "mail_worst": waited(found.mail_worst, tr),
        "published": published(found, tr),
    }
    return staff_page(visit, "figures/figures.html", context)


def _most(weeks: tuple[Week, ...], tr: Translator) -> str:
    """What the first drawing shows, in a sentence; nothing where nothing was raised."""
    most = max(weeks, key=lambda week: week.all)
    if not most.all:
        return ""
    return tr(
        "Alerts in the last %(weeks)s weeks: %(num)s. Most in the week of %(day)s: %(most)s.",
        num=sum(week.all for week in weeks),
        weeks=len(weeks),
        day=tr.day_inline(most.first, "d MMM"),
        most=most.all,
    )


def _in_time(weeks: tuple[Week, ...], tr: Translator) -> str:
    """What the second drawing shows; nothing where no alert had a time that is over.

    It names no hours: some alerts have them by the clock, others in working hours.
    """
    found = []
    for word in TIMED:
        of = sum(week.taken[word].of for week in weeks)
        if of:
            within = sum(week.taken[word].within for week in weeks)
            found.append(
                tr(
                    "%(severity)s: %(share)s in time.",
                    severity=tr(KINDS[word]).capitalize(),
                    share=share(within, of, tr),
                )
            )
    return " ".join(found)


def _week(week: Week, tr: Translator) -> dict[str, Any]:
    """A row of both tables: each number with the address of the alerts behind it."""
    return {
        "day": tr.day_inline(week.first, "d MMM y"),
        "href": f"/flags{week_query(week.first)}",
        "all": week.all,
        "flags": [
            (word, week.flags[word], f"/flags{week_query(week.first, word)}") for word in SEVERITIES
        ],
        "taken": [
            (
                word,
                waited(week.taken[word].median, tr),
                waited(week.taken[word].longest, tr),
                share(week.taken[word].within, week.taken[word].of, tr),
            )
            for word in TIMED
        ],
    }


def _row(found: Figures, word: str, tr: Translator) -> tuple[str, str, str, str, str]:
    rate, taken = found.per_week(word), found.taken[word]
    return (
        word,
        str(found.flags.get(word, 0)),
        "–" if rate is None else tr.number(rate, 2),
        waited(taken.median, tr),
        share(taken.within, taken.of, tr),
    )


def published(found: Figures, tr: Translator) -> list[Published]:
    """What others report, each beside the same of this site where it is known here."""
    rows = [
        Published(
            tr("Weeks with an alert (there: weekly surveys)"),
            f"{tr.number(34)}%",
            share(found.alerted_weeks, found.begun_weeks, tr),
            AFT,
        ),
        Published(
            tr("Alerts that led to something (there: at once)"),
            f"{tr.number(59)}%",
            share(found.acted_on, found.resolved, tr),
            AFT,
        ),
        Published(
            tr("Alerts answered within 24 hours (there: heart patients at home)"),
            f"{tr.number(95)}%",
            share(found.within_a_day, found.a_day_over, tr),
            tr(HEART),
        ),
        Published(
            tr("Daily questionnaires with an alert (a large cancer centre)"),
            f"{tr.number(7.8)}%",
            "–",
            CENTRE,
        ),
    ]
    simulated = {
        "routine": tr.number(0.4),
        "urgent": f"{tr.number(0.14, 2)}–{tr.number(0.46, 2)}",
        "emergency": f"≤ {tr.number(0.03, 2)}",
    }
    for word, figure in simulated.items():
        rate = found.per_week(word)
        rows.append(
            Published(
                tr("Alerts per participant-week: %(kind)s", kind=tr(KINDS[word])),
                figure,
                "–" if rate is None else tr.number(rate, 2),
                tr(SIMULATED),
            )
        )
    return rows


def share(part: int, whole: int, tr: Translator) -> str:
    """ "75% (3 of 4)"; a dash where there is nothing to divide by."""
    if not whole:
        return "–"
    return tr(
        "%(percent)s%% (%(part)s of %(whole)s)",
        percent=tr.number(100 * part / whole, 0),
        part=part,
        whole=whole,
    )
