"""Sentences about urges. Pure."""

from __future__ import annotations

from datetime import date
from statistics import fmean

from app.brief.record import Record
from app.brief.sentences.model import WEEK, Sentence, Value
from app.i18n import N_

# How many days with an answer make a mean, and how large a change counts, in points of 10.
URGE_DAYS, CLEAR_URGE = 3, 2.0
# That an urge fell reassures: it takes more answers, and none of them above the time before.
FALL_DAYS = 5


def opioid_urge_rose(record: Record) -> Sentence | None:
    """The mean urge to use opioids is clearly higher than in the week before."""
    text = N_("The urge to use opioids rose from a mean of %(before)s to %(now)s of 10.")
    return _rose(record, "opioid_urge", text)


def alcohol_urge_rose(record: Record) -> Sentence | None:
    """The mean urge to drink is clearly higher than in the week before."""
    text = N_("The urge to drink rose from a mean of %(before)s to %(now)s of 10.")
    return _rose(record, "alcohol_urge", text)


def opioid_urge_fell(record: Record) -> Sentence | None:
    """The mean urge to use opioids is clearly lower than in the week before."""
    text = N_("The urge to use opioids fell from a mean of %(before)s to %(now)s of 10.")
    return _fell(record, "opioid_urge", text)


def alcohol_urge_fell(record: Record) -> Sentence | None:
    """The mean urge to drink is clearly lower than in the week before."""
    text = N_("The urge to drink fell from a mean of %(before)s to %(now)s of 10.")
    return _fell(record, "alcohol_urge", text)


def _rose(record: Record, name: str, text: str) -> Sentence | None:
    before, now = _told(record, name, WEEK), _told(record, name)
    if min(len(now), len(before)) < URGE_DAYS:
        return None
    if fmean(now.values()) < fmean(before.values()) + CLEAR_URGE:
        return None
    return _said(text, before, now)


def _fell(record: Record, name: str, text: str) -> Sentence | None:
    before, now = _told(record, name, WEEK), _told(record, name)
    if min(len(now), len(before)) < FALL_DAYS:
        return None
    was = fmean(before.values())
    highest = _told(record, name.replace("urge", "highest")).values()
    if fmean(now.values()) > was - CLEAR_URGE or max([*now.values(), *highest]) > was:
        return None
    return _said(text, before, now)


def _told(record: Record, name: str, back: int = 0) -> dict[date, float]:
    """The days with an answer of the week that ends `back` days before the last one."""
    week = {day.day: getattr(day, name) for day in record.last(WEEK, before=back)}
    return {day: value for day, value in week.items() if value is not None}


def _said(text: str, before: dict[date, float], now: dict[date, float]) -> Sentence:
    values: dict[str, Value] = {"before": fmean(before.values()), "now": fmean(now.values())}
    return Sentence(text, values, tuple(now), tuple(before))
