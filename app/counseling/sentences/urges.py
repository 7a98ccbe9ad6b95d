"""Sentences about urges. Pure."""

from __future__ import annotations

from statistics import fmean

from app.counseling.record import Record
from app.counseling.sentences.model import WEEK, Sentence, Value
from app.i18n import N_

# How many days with an answer make a mean, and how large a rise counts, in points of 10.
URGE_DAYS, CLEAR_URGE = 3, 2.0


def opioid_urge_rose(record: Record) -> Sentence | None:
    """The mean urge to use opioids is clearly higher than in the week before."""
    text = N_("The urge to use opioids rose from a mean of %(before)s to %(now)s of 10.")
    return _urge_rose(record, "opioid_urge", text)


def alcohol_urge_rose(record: Record) -> Sentence | None:
    """The mean urge to drink is clearly higher than in the week before."""
    text = N_("The urge to drink rose from a mean of %(before)s to %(now)s of 10.")
    return _urge_rose(record, "alcohol_urge", text)


def _urge_rose(record: Record, name: str, text: str) -> Sentence | None:
    week = {day.day: getattr(day, name) for day in record.last(WEEK)}
    now = {day: value for day, value in week.items() if value is not None}
    then = [getattr(day, name) for day in record.last(WEEK, before=WEEK)]
    before = [value for value in then if value is not None]
    if min(len(now), len(before)) < URGE_DAYS or fmean(now.values()) < fmean(before) + CLEAR_URGE:
        return None
    values: dict[str, Value] = {"before": fmean(before), "now": fmean(now.values())}
    return Sentence(text, values, tuple(now))
