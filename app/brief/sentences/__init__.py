"""What the brief says "in short": fixed rules over the record, one small function each. Pure.

A rule answers with a sentence, or with nothing. It counts reported days alone, says so, and
judges nobody; what asks for action is a flag and stands elsewhere on the page.
"""

from __future__ import annotations

from collections.abc import Iterable

from app.brief.record import Record
from app.brief.sentences.alcohol import (
    blank_days,
    first_after_free_days,
    one_weekday,
    week_without_alcohol,
)
from app.brief.sentences.model import (
    Item,
    Items,
    Level,
    Results,
    Rule,
    Sentence,
    Sheets,
    Value,
    Weekday,
    unsaid,
)
from app.brief.sentences.substances import opioid_use, urine_without_word
from app.brief.sentences.symptoms import lasting_symptom, severe_last_time
from app.brief.sentences.tablets import heaviest_without_tablet, tablets_not_taken
from app.brief.sentences.urges import (
    alcohol_urge_fell,
    alcohol_urge_rose,
    opioid_urge_fell,
    opioid_urge_rose,
)
from app.brief.sentences.weeks import (
    heavy_days,
    week_fell,
    week_rose,
    weeks_fell,
    weeks_rose,
)

__all__ = [
    "MOST",
    "RULES",
    "Item",
    "Items",
    "Level",
    "Results",
    "Sentence",
    "Sheets",
    "Value",
    "Weekday",
    "holding",
    "in_short",
    "unsaid",
]
MOST = 5

# In the order of what a session should not overlook.
RULES: tuple[Rule, ...] = (
    opioid_use,
    urine_without_word,
    heaviest_without_tablet,
    tablets_not_taken,
    lasting_symptom,
    severe_last_time,
    opioid_urge_rose,
    first_after_free_days,
    weeks_rose,
    week_rose,
    weeks_fell,
    week_fell,
    heavy_days,
    one_weekday,
    alcohol_urge_rose,
    opioid_urge_fell,
    alcohol_urge_fell,
    week_without_alcohol,
    blank_days,
)


def holding(record: Record) -> tuple[Sentence, ...]:
    """The sentences that hold, in the order of `RULES`."""
    return unsaid(sentence for rule in RULES if (sentence := rule(record)) is not None)


def in_short(found: Iterable[Sentence], said: Iterable[Sentence] = ()) -> tuple[Sentence, ...]:
    """Of these the first, without what is `said` elsewhere on the page; at most `MOST`."""
    return unsaid(found, said)[:MOST]
