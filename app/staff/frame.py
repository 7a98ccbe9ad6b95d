"""The frame of every staff page: who is signed in, the pages, open flags, and the red banner."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from markupsafe import Markup
from starlette.responses import Response

from app.i18n import N_, translator
from app.outbox.queries import (
    JOB_FAILED,
    MAIL_LATE,
    MAIL_REFUSED,
    NOBODY_TO_TELL,
    TRAIL_ALTERED,
    WORKER_SILENT,
)
from app.staff.queries import staff_frame
from app.visit.roles import (
    EXPORTS_DATA,
    HANDLES_ALERTS,
    HANDLES_TASKS,
    KEEPS_ACCOUNTS,
    READS_BOARD,
    READS_DELIVERY,
    READS_EVENTS,
    READS_FIGURES,
    READS_LOCKS,
    READS_RECORDS,
    READS_TRAIL,
    ROLES,
    RUNS_SITE,
    SIGNS_THRESHOLDS,
)
from app.visit.visits import StaffVisit
from app.web.pages import environment, page

# The side column; who may not open a page is not shown the way to it.
PAGES = (
    ("flags", "bell", N_("Alerts"), HANDLES_ALERTS),
    ("worklist", "phone", N_("To call"), HANDLES_TASKS),
    ("sessions", "calendar", N_("My sessions"), READS_RECORDS),
    ("participants", "people", N_("Participants"), READS_RECORDS),
    ("board", "bars", N_("Trial"), READS_BOARD),
    ("adverse", "warn", N_("Adverse events"), READS_EVENTS),
    ("figures", "bars", N_("Figures"), READS_FIGURES),
    ("thresholds", "pen", N_("Thresholds"), SIGNS_THRESHOLDS),
    ("site", "phone", N_("Site"), RUNS_SITE),
    ("colleagues", "people", N_("Colleagues"), KEEPS_ACCOUNTS),
    ("delivery", "sheet", N_("Mail"), READS_DELIVERY),
    ("exports", "sheet", N_("Exports"), EXPORTS_DATA),
    ("locks", "lock", N_("Locks"), READS_LOCKS),
    ("audit", "check", N_("Audit trail"), READS_TRAIL),
)
BANNERS = {
    WORKER_SILENT: N_("Alert mail is standing still: nothing has sent any for over two minutes."),
    MAIL_LATE: N_("Alert mail is late: the mail server has not taken it for over five minutes."),
    MAIL_REFUSED: N_("Alert mail was refused: somebody on the list was not told."),
    NOBODY_TO_TELL: N_("Nobody is on the alert list for some participants."),
    JOB_FAILED: N_("A regular check leaves somebody out: alerts about them may not be raised."),
    TRAIL_ALTERED: N_("The audit trail is broken: an entry is missing or was altered."),
}
ADVICE = N_("Watch this page, and tell whoever runs the server.")


@dataclass(frozen=True, slots=True)
class ShownStaff:
    """Who is signed in, as the side column names them."""

    id: int
    name: str
    role: str
    role_label: str
    site_name: str
    timezone: str


@cache
def _pages(role: str, lang: str) -> tuple[tuple[str, Markup, str], ...]:
    """Key, drawn icon and label of each page that a role may open: the same on every page."""
    may, tr = ROLES[role].may, translator(lang)
    icon = cast(Any, environment.get_template("_ui.html").module).icon
    return tuple((key, icon(name), tr(label)) for key, name, label, needs in PAGES if needs in may)


def staff_page(
    visit: StaffVisit,
    template: str,
    ctx: Mapping[str, Any] | None = None,
    status: int = 200,
) -> Response:
    """``template`` (it extends ``_staff.html``) in its frame; one query for the frame."""
    tr, me = visit.tr, visit.me
    frame = staff_frame(visit.session, me, visit.now)
    banner = [tr(BANNERS[fault]) for fault in frame.faults]
    word = tr(ROLES[me.role].word)
    shared = {
        "me": ShownStaff(me.id, me.name, me.role, word, me.site_name, me.timezone),
        "pages": _pages(me.role, tr.lang),
        "open_flags": frame.open_flags,
        "banner": " ".join([*banner, tr(ADVICE)]) if banner else None,
    }
    return page(visit.request, template, {**shared, **(ctx or {})}, status)
