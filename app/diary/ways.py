"""From where a day's page was opened, and so where its answer leads. Pure.

A form carries the name of its way in ``from``: Today, the day's own page in the calendar, or the
walk through the blank days, which shows one after the other until nothing is blank.
"""

from dataclasses import dataclass
from datetime import date

from app.i18n import Translator
from app.web.forms import Form

TODAY, DAY, FILL = "today", "day", "fill"


@dataclass(frozen=True, slots=True)
class Way:
    """``name`` is empty where the page was opened by its address."""

    name: str
    day: date

    @property
    def is_today(self) -> bool:
        return self.name in ("", TODAY)

    @property
    def end(self) -> str:
        """Where the last answer about the day leads."""
        path = f"/calendar/{self.day.isoformat()}"
        return {DAY: path, FILL: f"{path}?fill=1"}.get(self.name, "/today")

    @property
    def dose_path(self) -> str:
        return "/today/dose" if self.is_today else f"/day/{self.day.isoformat()}/dose"

    def onward(self, path: str) -> str:
        """A further page about the same day, which remembers the way."""
        return path if self.is_today else f"{path}?from={self.name}"

    def after_dose(self, *, asks_why: bool) -> str:
        return self.onward(self.dose_path) if asks_why else self.end

    def back(self, tr: Translator) -> tuple[str, str]:
        return (self.end, tr("Today") if self.is_today else tr("Calendar"))


def way_of(form: Form | None, day: date, asked: str | None = None) -> Way:
    """The way that the form, else the address names; an unknown name counts as none."""
    name = (form.one("from") if form else "") or asked or ""
    return Way(name if name in (TODAY, DAY, FILL) else "", day)
