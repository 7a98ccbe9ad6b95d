"""Two open questions for the session: fixed rules over what is on record. Pure.

A rule answers with its reason in words, or with nothing. Its question stands in the instrument
`questions`, so that a clinical editor can better it without a programmer. With a danger among the
unresolved alerts, safety is asked first, and nothing is asked that could pull against it: neither
what would make the next tablet easier while a physician has to decide about it, nor what is good
about drinking less while stopping may be the danger.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, Protocol

from app.brief.record import Record
from app.brief.sentences import Sentence, Sheets
from app.brief.sentences.alcohol import (
    blank_days,
    first_after_free_days,
    one_weekday,
    week_without_alcohol,
)
from app.brief.sentences.substances import opioid_use, urine_without_word
from app.brief.sentences.symptoms import lasting_symptom, severe_last_time
from app.brief.sentences.tablets import tablets_not_taken
from app.brief.sentences.urges import alcohol_urge_rose, opioid_urge_rose
from app.brief.sentences.weeks import week_fell, week_rose, weeks_fell, weeks_rose
from app.i18n import N_

COUNT = 2
# Rulers of 0 to 10: from where something matters much, and up to where it is little.
HIGH, LOW = 7, 4
# A sheet that was begun longer ago is no open thread any more.
BEGUN_DAYS = 14
# While one of these is open, whether the tablet goes on is the physician's decision.
UNDECIDED = frozenset({"WDL", "OPI", "EMG"})
# While one of these is open, less alcohol may be what the body answers to.
STOPPING = frozenset({"AWD", "EMG", "WDL"})

Topic = Literal[
    "self_harm",
    "sign",
    "reaction",
    "stopping",
    "alert",
    "opioid_alert",
    "opioids",
    "tablet",
    "body",
    "urge",
    "alcohol",
    "diary",
    "change",
    "agenda",
    "ahead",
]


class Rulers(Protocol):
    """The newest rulers; `None` was left empty."""

    @property
    def importance(self) -> int | None: ...
    @property
    def confidence(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Situation:
    """What the rules look at. `families`: of the alerts that are not resolved.

    `pressing`: those of them that are urgent or an emergency.
    """

    record: Record
    families: frozenset[str] = frozenset()
    pressing: frozenset[str] = frozenset()
    rulers: Rulers | None = None
    begun: Sequence[tuple[str, date]] = ()
    """assigned sheets that were begun and not finished, with the local day"""


@dataclass(frozen=True, slots=True)
class Question:
    """The key of a question, and the reason why it is put; fallbacks have a reason too."""

    key: str
    because: Sentence


@dataclass(frozen=True, slots=True)
class Rule:
    """`topic`: two questions about one thing would leave no room for another.

    `covers`: what else is spoken of once this was asked.
    """

    key: str
    topic: Topic
    reason: Callable[[Situation], Sentence | None]
    covers: tuple[Topic, ...] = ()


def questions(situation: Situation) -> tuple[Question, Question]:
    """The first two that hold, about two topics; where fewer hold, those that always fit."""
    found: list[Question] = []
    topics: set[Topic] = set()
    for rule in (*RULES, *ALWAYS):
        if rule.topic in topics:
            continue
        reason = rule.reason(situation)
        if reason is not None:
            topics.update((rule.topic, *rule.covers))
            found.append(Question(rule.key, reason))
        if len(found) == COUNT:
            break
    first, second = found
    return first, second


def _alert(family: str, text: str) -> Callable[[Situation], Sentence | None]:
    def reason(situation: Situation) -> Sentence | None:
        return Sentence(text) if family in situation.families else None

    return reason


def _other_alert(situation: Situation) -> Sentence | None:
    """An urgent alert or an emergency that has no question of its own."""
    if not situation.pressing - ALERTS_ASKED:
        return None
    return Sentence(N_("An urgent alert is open."))


def _unless(
    families: frozenset[str], reason: Callable[[Situation], Sentence | None]
) -> Callable[[Situation], Sentence | None]:
    """The reason, while no alert of these families is open."""
    return lambda situation: None if families & situation.families else reason(situation)


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
    """The sheet that was begun last, if that was lately: the question speaks of one."""
    since = situation.record.today - timedelta(days=BEGUN_DAYS)
    lately = [one for one in situation.begun if one[1] >= since]
    if not lately:
        return None
    key, day = max(lately, key=lambda one: one[1])
    text = N_("Begun on %(day)s and not finished: %(sheet)s.")
    return Sentence(text, {"day": day, "sheet": Sheets((key,))})


def _always(text: str) -> Callable[[Situation], Sentence | None]:
    return lambda _situation: Sentence(text)


ALERTS_ASKED = frozenset({"SUI", "EMG", "WDL", "AWD", "OPI"})
ALERT_KEYS = frozenset({"self_harm", "sign", "reaction", "stopping", "opioid_alert", "alert"})
RULES: tuple[Rule, ...] = (
    Rule(
        "self_harm",
        "self_harm",
        _alert("SUI", N_("An alert about thoughts of self-harm is open.")),
    ),
    Rule("sign", "sign", _alert("EMG", N_("An alert about a danger sign is open.")), ("body",)),
    Rule(
        "reaction",
        "reaction",
        _alert("WDL", N_("An alert about a possible withdrawal-like reaction is open.")),
        ("body",),
    ),
    Rule(
        "stopping",
        "stopping",
        _alert("AWD", N_("An alert about drinking less or stopping is open.")),
        ("body", "alcohol"),
    ),
    Rule(
        "opioid_alert",
        "opioid_alert",
        _alert("OPI", N_("An alert about opioids is open.")),
        ("opioids",),
    ),
    Rule("alert", "alert", _other_alert),
    Rule("opioid_use", "opioids", _says(opioid_use)),
    Rule("urine", "opioids", _says(urine_without_word)),
    Rule("tablet", "tablet", _unless(UNDECIDED, _says(tablets_not_taken))),
    Rule("symptom", "body", _says(severe_last_time, lasting_symptom)),
    Rule("urge", "urge", _says(opioid_urge_rose, alcohol_urge_rose)),
    Rule("again", "alcohol", _says(first_after_free_days)),
    Rule("rose", "alcohol", _says(weeks_rose, week_rose)),
    Rule("weekday", "alcohol", _says(one_weekday)),
    Rule("blank", "diary", _says(blank_days)),
    Rule("fell", "alcohol", _unless(STOPPING, _says(weeks_fell, week_fell))),
    Rule("free_week", "alcohol", _unless(STOPPING, _says(week_without_alcohol))),
    Rule("confidence", "change", _matters_but_unsure),
    Rule("importance", "change", _matters_little),
    Rule("begun", "change", _begun),
)
ALWAYS: tuple[Rule, ...] = (
    Rule(
        "agenda",
        "agenda",
        _always(N_("Where the record holds no other question, the person’s own wish comes first.")),
    ),
    Rule(
        "ahead",
        "ahead",
        _always(N_("The days until the next session deserve a question every time.")),
    ),
)
