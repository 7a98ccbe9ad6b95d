"""Where an answer leads: help comes first, and never waits for mail.

The addresses are those of help pages that anybody may open; they say nothing of an answer.
"""

from starlette.responses import Response

from app.safety.service import Outcome
from app.web.pages import see_other


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
