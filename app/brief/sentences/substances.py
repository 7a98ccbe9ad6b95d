"""Sentences about substances other than alcohol: told, and found in urine. Pure."""

from __future__ import annotations

from app.brief.record import Record
from app.brief.sentences.model import FORTNIGHT, Sentence, Value
from app.brief.urine import compared
from app.i18n import N_


def opioid_use(record: Record) -> Sentence | None:
    """Opioid use that was told within two weeks."""
    days = tuple(day.day for day in record.last(FORTNIGHT) if day.opioids)
    if not days:
        return None
    text = N_("Days of the last two weeks for which opioid use was told: %(count)s.")
    return Sentence(text, {"count": len(days)}, days)


def urine_without_word(record: Record) -> Sentence | None:
    """The newest positive specimen of two weeks, where the days that were told name no use.

    Where nothing at all was told, a diary does not differ from the test.
    """
    since = record.today.toordinal() - FORTNIGHT
    for one in compared(record):
        if one.urine.opioid == "positive" and one.urine.day.toordinal() >= since:
            if one.told or not one.reported:
                return None
            text = N_(
                "The urine test was positive for opioids; no use was told for its days "
                "(%(reported)s of %(days)s days told).",
            )
            values: dict[str, Value] = {"reported": one.reported, "days": one.days}
            return Sentence(text, values, (one.urine.day,))
    return None
