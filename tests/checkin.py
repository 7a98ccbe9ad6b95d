"""A whole check-in of somebody, from values as they are stored."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from app.audit import Actor
from app.checkins.service import Submitted, Telling, submit_pages
from app.instruments.loader import load_instrument
from app.instruments.scoring import PageAnswers


def submit_checkin(
    session: Session,
    participant_id: int,
    instrument: str,
    ratings: Mapping[str, float],
    signs: Sequence[str],
    actor: Actor,
    now: datetime,
    *,
    provenance: str = "same_day",
    language: str = "en",
) -> Submitted:
    """Each code goes to the page that asks it; a page of which nothing is given was skipped.
    Raises ValueError for a code that the instrument does not ask.
    """
    asked = load_instrument(instrument)
    telling = Telling(participant_id, actor, now, language, provenance=provenance)
    left = {*ratings, *signs}
    pages: dict[str, PageAnswers] = {}
    for page in asked.pages:
        own = {item.code: ratings[item.code] for item in page.items if item.code in ratings}
        named = tuple(sign.code for sign in page.signs if sign.code in signs)
        left -= {*own, *named}
        pages[page.key] = PageAnswers(own, named, "each" if own or named else "skipped", {})
    if left:
        raise ValueError(f"{instrument} does not ask {sorted(left)}")
    return submit_pages(session, telling, asked, pages)
