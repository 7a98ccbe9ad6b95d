"""Sentences about the tablet. Pure."""

from __future__ import annotations

from app.brief.record import Record
from app.brief.sentences.model import FORTNIGHT, WEEK, Sentence, grams
from app.i18n import N_


def tablets_not_taken(record: Record) -> Sentence | None:
    """At least two tablets told as not taken within a week; a physician's hold is not one."""
    week = record.last(WEEK)
    days = tuple(day.day for day in week if day.tablet == "not_taken")
    told = sum(1 for day in week if day.tablet in ("taken", "not_taken"))
    if len(days) < 2:
        return None
    text = N_("Days of the last seven without the tablet: %(count)s of %(told)s reported.")
    return Sentence(text, {"count": len(days), "told": told}, days)


def heaviest_without_tablet(record: Record) -> Sentence | None:
    """The day with the most alcohol of two weeks was heavy and had no tablet.

    Of days that are equal each must have been told as one without it.
    """
    told = [day for day in record.last(FORTNIGHT) if day.grams is not None]
    most = max(map(grams, told), default=0.0)
    heaviest = [day for day in told if grams(day) == most]
    if most < record.heavy or any(day.tablet != "not_taken" for day in heaviest):
        return None
    return Sentence(
        N_(
            "The day with the most alcohol of the last two weeks (%(drinks)s standard drinks) "
            "was also a day without the tablet.",
        ),
        {"drinks": record.drinks(most)},
        tuple(day.day for day in heaviest),
    )
