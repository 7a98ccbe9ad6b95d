"""How a simulated person fills in a check-in: page by page, with blanks. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random

from app.demo import body
from app.demo.persona import Persona
from app.demo.told import PageTold
from app.instruments.definitions import Page
from app.instruments.loader import load_instrument

ALL_NONE = 0.9
SKIPS_PAGE = 0.004


def pages_of(instrument: str, ratings: Mapping[str, float], at: datetime) -> tuple[PageTold, ...]:
    """Answers laid onto the pages of an instrument, all sent at ``at``."""
    return tuple(
        PageTold(page.key, "each", _of_page(page, ratings), (), at)
        for page in load_instrument(instrument).pages
    )


def side_effect_pages(
    persona: Persona, day: int, litres: Mapping[int, float], at: datetime, dice: Random
) -> tuple[PageTold, ...]:
    """The side-effect check-in of a study day, begun at ``at``."""
    answers: dict[str, float] = dict(body.symptoms(persona, day, litres, dice))
    answers.update(body.gut(persona, day, dice))
    measures: dict[str, float] = dict(body.temperature(persona, day, dice))
    if dice.random() < persona.habits.measures:
        measures.update(body.pressure(persona, day, dice))
    skipped = {item for item in answers if dice.random() < persona.habits.skips_item}
    found = []
    for page in load_instrument("side_effects").pages:
        at += timedelta(seconds=dice.randint(6, 22))
        given = {item: value for item, value in answers.items() if item not in skipped}
        found.append(_page(page, {**given, **measures}, at, dice))
    return tuple(found)


def _page(page: Page, answers: Mapping[str, float], at: datetime, dice: Random) -> PageTold:
    if dice.random() < SKIPS_PAGE:
        return PageTold(page.key, "skipped", (), (), at)
    ratings = _of_page(page, answers)
    asked = [item.code for item in page.items if item.kind in ("scale", "count")]
    all_none = len(ratings) == len(asked) and not any(value for _, value in ratings)
    if all_none and dice.random() < ALL_NONE:
        return PageTold(page.key, "page_none", ratings, (), at)
    if not ratings:
        return PageTold(page.key, "skipped", (), (), at)
    dry = dict(ratings).get("vomiting_24h", 0) >= 3 and dice.random() < 0.3
    signs = ("no_fluids_12h",) if dry and page.signs else ()
    return PageTold(page.key, "each", ratings, signs, at)


def _of_page(page: Page, answers: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    return tuple((item.code, answers[item.code]) for item in page.items if item.code in answers)
