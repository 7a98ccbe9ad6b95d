"""Where an answer leads: help comes first, and never waits for mail.

The addresses are those of help pages that anybody may open; they say nothing of an answer.
"""

from collections.abc import Iterable

from starlette.responses import Response

from app.flags.service import Outcome
from app.models.flags import SEVERITIES
from app.web.pages import see_other


def worst_of(outcomes: Iterable[Outcome]) -> Outcome:
    """What several entries of one form led to: the gravest, with all families of that severity."""
    found = [one for one in outcomes if one.worst is not None]
    if not found:
        return Outcome()
    worst = max((one.worst or "" for one in found), key=SEVERITIES.index)
    families = [name for one in found if one.worst == worst for name in one.families]
    return Outcome(worst, tuple(dict.fromkeys(families)))


def help_path(outcome: Outcome) -> str | None:
    """The help page that ``outcome`` calls for, or None."""
    if outcome.worst == "emergency":
        return "/help/talk" if outcome.families == ("SUI",) else "/help/now"
    if outcome.worst == "urgent":
        return "/help/talk" if "SUI" in outcome.families else "/help/soon"
    return None


def go_on(outcome: Outcome, url: str, note: str | None = None) -> Response:
    """Redirect to help where an answer calls for it, else to ``url`` with ``note``."""
    path = help_path(outcome)
    return see_other(path) if path else see_other(url, note)
