"""Answers of a day that can be promoted to an adverse event, or were."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.brief.names import labels
from app.instruments.vocabulary import COUNTS, SYMPTOMS
from app.models.adverse import ADVERSE_EVENT
from app.timeline import events as ev
from app.timeline.timeline import Timeline

_EVENTS = select(ADVERSE_EVENT.c.checkin_id, ADVERSE_EVENT.c.item, ADVERSE_EVENT.c.public_id).where(
    ADVERSE_EVENT.c.participant_id == bindparam("who"), ADVERSE_EVENT.c.checkin_id.is_not(None)
)
_ITEMS = frozenset((*SYMPTOMS, *COUNTS))


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer above nothing; ``event`` is the public id of what was made of it."""

    checkin: int
    item: str
    name: str
    event: str | None


def answers_of(
    session: Session, who: int, timeline: Timeline, lang: str
) -> Mapping[str, list[Answer]]:
    """By the id of a check-in in the timeline; what was answered with none is left out."""
    made: dict[Any, str] = {
        (row.checkin_id, row.item): row.public_id for row in session.execute(_EVENTS, {"who": who})
    }
    found = {}
    for event in timeline.events:
        if isinstance(event, ev.Checkin):
            row = int(event.id.partition("-")[2].partition(".")[0])
            found[event.id] = [
                Answer(row, item, labels(lang).get(item, item), made.get((row, item)))
                for item, rating in event.ratings.items()
                if item in _ITEMS and rating > 0
            ]
    return found
