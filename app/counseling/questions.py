"""Two open questions for the session: fixed rules over what is on record. Pure.

A rule answers with its reason in words, or with nothing. Its question stands in the instrument
`questions`, so that a clinical editor can better it without a programmer. With an unresolved alert
about a possible withdrawal-like reaction, opioids or thoughts of self-harm, safety is asked first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from app.counseling.record import Record
from app.counseling.sentences import Sentence
from app.counseling.sentences.alcohol import (
    blank_days,
    first_after_free_days,
    one_weekday,
    week_without_alcohol,
    weeks_fell,
    weeks_rose,
)
from app.counseling.sentences.substances import opioid_use, urine_without_word
from app.counseling.sentences.symptoms import lasting_symptom, severe_last_time
from app.counseling.sentences.tablets import tablets_not_taken
from app.counseling.sentences.urges import alcohol_urge_rose, opioid_urge_rose
from app.i18n import N_

COUNT = 2
# Rulers of 0 to 10: from where something matters much, and up to where it is little.
HIGH, LOW = 7, 4


Topic = Literal["safety", "opioids", "tablet", "body", "urge", "alcohol", "diary", "change", "open"]


class Rulers(Protocol):
    """The newest rulers; `None` was left empty."""

    @property
    def importance(self) -> int | None: ...
    @property
    def confidence(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Situation:
    """What the rules look at. `families`: of the alerts that are not resolved."""

    record: Record
    families: frozenset[str] = frozenset()
    rulers: Rulers | None = None
    begun: Sequence[str] = ()
    """assigned sheets that were begun and not finished"""


@dataclass(frozen=True, slots=True)
class Question:
    """The key of a question, and the reason why it is put; fallbacks have a reason too."""

    key: str
    because: Sentence


@dataclass(frozen=True, slots=True)
class Rule:
    """`topic`: two questions about one thing would leave no room for another."""

    key: str
    topic: Topic
    reason: Callable[[Situation], Sentence | None]


def questions(situation: Situation) -> tuple[Question, Question]:
    """The first two that hold, about two topics; where fewer hold, those that always fit."""
    found: list[Question] = []
    topics: set[Topic] = set()
    for rule in (*RULES, *ALWAYS):
        if rule.topic in topics and rule.topic not in ("safety", "open"):
            continue
        reason = rule.reason(situation)
        if reason is not None:
            topics.add(rule.topic)
            found.append(Question(rule.key, reason))
        if len(found) == COUNT:
            break
    first, second = found
    return first, second


def _alert(family: str, text: str) -> Callable[[Situation], Sentence | None]:
    def reason(situation: Situation) -> Sentence | None:
        return Sentence(text) if family in situation.families else None

    return reason


def _says(*rules: Callable[[Record], Sentence | None]) -> Callable[[Situation], Sentence | None]:
    """The sentence of the first of these rules of the brief that holds."""

    def reason(situation: Situation) -> Sentence | None:
        return next((said for rule in rules if (said := rule(situation.record))), None)

    return reason


def _matters_but_unsure(situation: Situation) -> Sentence | None:
    rulers = situation.rulers
    if rulers is None or rulers.importance is None or rulers.confidence is None:
        return None
    if rulers.importance < HIGH or rulers.confidence > LOW:
        return None
    text = N_("On the rulers change matters much (%(importance)s), confidence is %(confidence)s.")
    return Sentence(text, {"importance": rulers.importance, "confidence": rulers.confidence})


def _matters_little(situation: Situation) -> Sentence | None:
    rulers = situation.rulers
    if rulers is None or rulers.importance is None or rulers.importance > LOW:
        return None
    text = N_("On the rulers the importance of a change is %(importance)s of 10.")
    return Sentence(text, {"importance": rulers.importance})


def _begun(situation: Situation) -> Sentence | None:
    if not situation.begun:
        return None
    return Sentence(N_("Worksheets that were begun: %(count)s."), {"count": len(situation.begun)})


def _always(text: str) -> Callable[[Situation], Sentence | None]:
    return lambda _situation: Sentence(text)


RULES: tuple[Rule, ...] = (
    Rule("self_harm", "safety", _alert("SUI", N_("An alert about thoughts of self-harm is open."))),
    Rule(
        "reaction",
        "safety",
        _alert("WDL", N_("An alert about a possible withdrawal-like reaction is open.")),
    ),
    Rule("opioid_alert", "safety", _alert("OPI", N_("An alert about opioids is open."))),
    Rule("opioid_use", "opioids", _says(opioid_use)),
    Rule("urine", "opioids", _says(urine_without_word)),
    Rule("tablet", "tablet", _says(tablets_not_taken)),
    Rule("symptom", "body", _says(severe_last_time, lasting_symptom)),
    Rule("urge", "urge", _says(opioid_urge_rose, alcohol_urge_rose)),
    Rule("again", "alcohol", _says(first_after_free_days)),
    Rule("rose", "alcohol", _says(weeks_rose)),
    Rule("weekday", "alcohol", _says(one_weekday)),
    Rule("fell", "alcohol", _says(weeks_fell)),
    Rule("free_week", "alcohol", _says(week_without_alcohol)),
    Rule("confidence", "change", _matters_but_unsure),
    Rule("importance", "change", _matters_little),
    Rule("begun", "change", _begun),
    Rule("blank", "diary", _says(blank_days)),
)
ALWAYS: tuple[Rule, ...] = (
    Rule("agenda", "open", _always(N_("Nothing on record asks to be put first."))),
    Rule("ahead", "open", _always(N_("It fits every session."))),
)
