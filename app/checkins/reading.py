"""A page of a check-in as its form says it: whole, or as far as it can be read."""

from collections.abc import Iterable, Sequence

from app.instruments.definitions import Page
from app.instruments.scoring import AnswerErrors, PageAnswers, validate_page
from app.typed import number
from app.web.forms import Form


def read_page(page: Page, form: Form, pairs: Iterable[tuple[str, str]]) -> PageAnswers:
    """The answers of ``page``. Raises AnswerErrors, also where the form itself has faults.

    Those are not among its errors: the form says them in words.
    """
    answers = validate_page(page, pairs)
    if form.faults:
        raise AnswerErrors({}, answers)
    return answers


def readable(page: Page, form: Form) -> PageAnswers:
    """What the form says of ``page``, leaving out what is wrong: to be acted on, not to be kept.

    Of an answer that came twice the graver one counts.
    """
    asked = {item.code for item in page.items}
    asked |= {f"{item.code}_none" for item in page.items if item.kind == "count"}
    pairs = [(name, _gravest(sent)) for name, sent in form.fields.items() if name in asked]
    if page.signs:
        known = {sign.code for sign in page.signs}
        pairs += [("signs", code) for code in known.intersection(form.fields.get("signs", []))]
    try:
        return validate_page(page, [*pairs, ("method", "each")])
    except AnswerErrors as problem:
        found, wrong = problem.readable, problem.errors
        ratings = {code: value for code, value in found.ratings.items() if code not in wrong}
        return PageAnswers(ratings, found.signs, "each", {})


def _gravest(sent: Sequence[str]) -> str:
    return max(sent, key=_size)


def _size(text: str) -> float:
    try:
        return float(number(text))
    except ValueError:
        return -1
