"""The page of the site's figures."""

from datetime import timedelta

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.auth.gate import NowDep, SessionDep, StaffDep, for_staff
from app.auth.scope import SITE_ROLES
from app.i18n import N_, Translator
from app.safety.compare import WORDS
from app.safety.figures import Figures, figures
from app.safety.frame import staff_page
from app.safety.in_force import protocol_in_force
from app.web.pages import tr_of

router = APIRouter()
# What others report, to compare with: (what, figure, source).
ANCHORS = (
    (N_("Weekly surveys with an alert (PRO-TECT)"), "34%", "10.1038/s41591-025-03507-y"),
    (N_("Alerts that staff acted on (PRO-TECT)"), "59%", "10.1038/s41591-025-03507-y"),
    (N_("Daily questionnaires with an alert (a large cancer centre)"), "7.8%", "e38483"),
    (N_("Simulated for these rules, routine alerts per participant-week"), "0.4", ""),
    (N_("Simulated for these rules, urgent alerts per participant-week"), "0.14–0.46", ""),
    (N_("Simulated for these rules, emergency alerts per participant-week"), "≤ 0.03", ""),
)


@router.get("/figures")
@for_staff(*SITE_ROLES)
def site_figures(request: Request, session: SessionDep, me: StaffDep, now: NowDep) -> Response:
    tr = tr_of(request)
    protocol = protocol_in_force(session, me.site_id, now)
    found = figures(session, me.site_id, me.timezone, protocol, now)
    context = {
        "nav": "figures",
        "found": found,
        "rows": [_row(found, word, tr) for word in WORDS],
        "acted": share(found.acted_on, found.resolved, tr),
        "false_alarm": share(found.false_alarms, found.resolved, tr),
        "mail_median": waited(found.mail_median, tr),
        "mail_worst": waited(found.mail_worst, tr),
        "anchors": [(tr(what), figure, source) for what, figure, source in ANCHORS],
    }
    return staff_page(request, session, me, "safety/figures.html", context)


def _row(found: Figures, word: str, tr: Translator) -> tuple[str, str, str, str, str]:
    rate, taken = found.per_week(word), found.taken[word]
    return (
        word,
        str(found.flags.get(word, 0)),
        "–" if rate is None else tr.number(rate, 2),
        waited(taken.median, tr),
        share(taken.within, taken.of, tr),
    )


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
