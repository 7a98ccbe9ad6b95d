"""When a day closes, and the reason that a change after that asks for. Pure.

A day stays open until the end of the next one: what is told on the morning after is no
correction. A day that is filled in later stays open until the end of the day on which it was.
Then the record asks why; the earlier answer stays beside the new one either way.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.clock import local_day
from app.i18n import N_, Translator
from app.web.forms import Form

OPEN_FOR = timedelta(days=1)
FIELD = "why"
REASONS = {
    "remembered": N_("I remembered more"),
    "slip": N_("I tapped or typed the wrong thing"),
    "other": N_("Another reason"),
}


@dataclass(frozen=True, slots=True)
class Why:
    """The reason as sent. ``wanted``: the page asks for it; ``error``: one plain sentence."""

    wanted: bool
    code: str | None = None
    error: str | None = None

    @property
    def errors(self) -> dict[str, str]:
        return {FIELD: self.error} if self.error else {}


def is_closed(day: date, now: datetime, zone: str) -> bool:
    """Whether a change of ``day`` needs a reason: from the second midnight after it on."""
    return local_day(now, zone) - day > OPEN_FOR


def asks_why(day: date, told_at: datetime | None, now: datetime, zone: str) -> bool:
    """Whether replacing what was told at ``told_at`` (None: nothing was) needs a reason."""
    if told_at is None or local_day(told_at, zone) == local_day(now, zone):
        return False
    return is_closed(day, now, zone)


NOT_ASKED = Why(False)
"""What a page without the question says; a reason that was sent to one is left alone."""


def read_why(form: Form, tr: Translator) -> Why:
    """The reason that a form gives, on a page that asks for it."""
    sent = form.fields.get(FIELD, [])
    if len(sent) > 1:
        return Why(True, error=tr("This came twice. Please answer it once."))
    if not sent or sent[0] not in REASONS:
        return Why(True, error=tr("Choose one of the answers shown."))
    return Why(True, sent[0])


def reason_words(code: str | None, tr: Translator) -> str:
    """The reason as it was offered; nothing for a correction that asked for none."""
    return tr(REASONS[code]) if code in REASONS else ""


def offered(wanted: bool, form: Form | None, tr: Translator) -> dict[str, Any]:
    """What a template needs to ask for the reason: ``why`` (or None) and ``typed_why``."""
    return {
        "why": reasons(tr) if wanted else None,
        "typed_why": (form.one(FIELD) or None) if form else None,
    }


def reasons(tr: Translator) -> list[tuple[str, str]]:
    """(code, words) of every reason, for the page."""
    return [(code, tr(words)) for code, words in REASONS.items()]
