"""The one thing to know about somebody before opening their brief. Pure."""

from collections.abc import Iterator
from datetime import datetime

from app.appointments.words import near_day
from app.caseload.queries import Case
from app.i18n import Translator
from app.rules.wording import title


def headline(one: Case, now: datetime, zone: str, tr: Translator) -> str:
    """An open alert before all else, then a reaction, silence, opioid use, and a sheet to read."""
    return next(_news(one, now, zone, tr), tr("Nothing new"))


def _news(one: Case, now: datetime, zone: str, tr: Translator) -> Iterator[str]:
    if one.rule:
        yield title(one.rule, tr.lang)
    if one.closed_reaction:
        yield tr("Closed this week: %(title)s", title=title(one.closed_reaction, tr.lang))
    if one.quiet:
        yield tr.n("No entry for %(num)s day", "No entry for %(num)s days", one.quiet)
    if one.opioids_on:
        day = near_day(one.opioids_on, now, zone, tr)
        yield tr("Opioid use told for %(day)s", day=day)
    if one.sheets_unread:
        count = one.sheets_unread
        said = tr.n("%(num)s shared worksheet unread", "%(num)s shared worksheets unread", count)
        yield said[:1].upper() + said[1:]
