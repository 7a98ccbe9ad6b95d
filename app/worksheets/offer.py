"""What the counselor can ask for: suggested sheets with the reason in words, then all others."""

from dataclasses import dataclass

from app.i18n import N_, Translator
from app.instruments.worksheets.definitions import Sheet
from app.instruments.worksheets.loader import all_sheets, load_sheet, short_sheets
from app.protocol.model import Protocol
from app.worksheets.suggest import DANGERS, suggested

REASONS = {
    "WDL": N_("Safety first: an alert about a possible withdrawal-like reaction is open."),
    "OPI": N_("Safety first: an alert about opioids is open."),
    "SUI": N_("Safety first: an alert about thoughts of self-harm is open."),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """``waiting`` are assigned and not finished; they are not offered again.

    ``safety`` and ``planned`` are suggested, ``others`` are all that is left.
    """

    plan: Protocol
    week: int | None
    families: frozenset[str]
    waiting: frozenset[str]
    safety: tuple[Sheet, ...]
    planned: tuple[Sheet, ...]
    others: tuple[Sheet, ...]

    def reasons(self, tr: Translator) -> list[str]:
        """Why safety comes first."""
        return [tr(text) for family, text in REASONS.items() if family in self.families & DANGERS]

    def focus(self, tr: Translator) -> str:
        """What the plan says for the week; empty outside of it."""
        sessions = self.plan.sessions
        return next((one.focus.in_(tr.lang) for one in sessions if one.week == self.week), "")


def assignable() -> tuple[Sheet, ...]:
    """Every sheet of the plan, and the short forms that are not sent by themselves."""
    return (*all_sheets(), *(sheet for sheet in short_sheets() if not sheet.sent))


def offer(
    plan: Protocol, week: int | None, families: frozenset[str], waiting: frozenset[str]
) -> Offer:
    """``week`` is the study week, ``families`` those of the unresolved flags."""
    found = suggested(plan, week, families, waiting)
    lead = {one.sheet_key for one in found} | waiting
    return Offer(
        plan,
        week,
        families,
        waiting,
        tuple(load_sheet(one.sheet_key) for one in found if one.why == "safety"),
        tuple(load_sheet(one.sheet_key) for one in found if one.why == "week"),
        tuple(sheet for sheet in assignable() if sheet.key not in lead),
    )
