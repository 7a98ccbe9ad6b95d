"""The whole list of an instrument on one page, read group by group. Pure.

A group is what otherwise is a page, and keeps its fields. Beside them stands `none_KEY` = "1", the
group's own "none of these". `method` is the button pressed: "each", or "rest", which skips the
groups that were left open. A group that nothing was said about is never taken for "none".
"""

from collections.abc import Iterable, Sequence

from app.instruments.definitions import Page
from app.instruments.scoring import AnswerErrors, Method, PageAnswers, validate_page

OPEN = "open"
"""in place of a message key: nothing is said about the group"""


def tick_of(page: Page) -> str:
    """The name of the group's "none of these"."""
    return f"none_{page.key}"


class ListErrors(ValueError):
    """A list that cannot be stored as it is.

    ``errors`` maps a group's key ("" for the list as a whole) to fields and message keys;
    ``readable`` holds what could be understood of each group.
    """

    def __init__(self, errors: dict[str, dict[str, str]], readable: dict[str, PageAnswers]) -> None:
        super().__init__(", ".join(sorted(errors)))
        self.errors = errors
        self.readable = readable


def read_list(pages: Sequence[Page], pairs: Iterable[tuple[str, str]]) -> dict[str, PageAnswers]:
    """The answers of each group, in the order of the pages. Raises ListErrors."""
    given = list(pairs)
    methods = [value for name, value in given if name == "method"]
    errors: dict[str, dict[str, str]] = {}
    known = {"method"}.union(*({tick_of(page), *page.fields} for page in pages))
    if not {name for name, _ in given} <= known:
        errors[""] = {"": "unknown_field"}
    elif methods not in (["each"], ["rest"]):
        errors[""] = {"": "method"}
    answers: dict[str, PageAnswers] = {}
    for page in pages:
        try:
            answers[page.key] = _read_group(page, given, skip=methods == ["rest"])
        except AnswerErrors as problem:
            errors[page.key] = problem.errors
            answers[page.key] = problem.readable
    if errors:
        raise ListErrors(errors, answers)
    return answers


def _read_group(page: Page, given: list[tuple[str, str]], *, skip: bool) -> PageAnswers:
    own = [(name, value) for name, value in given if name in page.fields]
    ticks = [value for name, value in given if name == tick_of(page)]
    method: Method = "each"
    if ticks:
        method = "page_none"
    elif not any(value.strip() for _, value in own):
        if not skip:
            raise AnswerErrors({tick_of(page): OPEN}, PageAnswers({}, (), "skipped", {}))
        method = "skipped"
    found = validate_page(page, [*own, ("method", method)])
    if ticks not in ([], ["1"]):
        raise AnswerErrors({tick_of(page): "choice"}, found)
    return found
