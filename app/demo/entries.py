"""What a simulated person told, in the words that the services take. Pure."""

from app.demo.told import CheckinTold, DrinksTold, PageTold, SubstancesTold
from app.instruments.scoring import PageAnswers
from app.timeline.events import Drink, Use


def drinks_of(told: DrinksTold) -> tuple[Drink, ...]:
    return tuple(Drink(one.ml, one.abv, one.count, one.beverage) for one in told.items)


def uses_of(told: SubstancesTold) -> tuple[Use, ...]:
    return tuple(Use(one.substance, one.at, one.route, one.note) for one in told.items)


def answers_of(page: PageTold) -> PageAnswers:
    """A page as the forms give it to the service."""
    return PageAnswers(dict(page.ratings), page.signs, page.method, {})  # type: ignore[arg-type]


def seconds_on(told: CheckinTold, place: int) -> int | None:
    """How long a page was open, as far as the pages before it tell."""
    if place == 0:
        return None
    return int((told.pages[place].at - told.pages[place - 1].at).total_seconds())
