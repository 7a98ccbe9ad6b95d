"""Stored answers as a form takes them, and as a person reads them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.checkins.flow import Stored
from app.i18n import Translator
from app.instruments.definitions import Item, Page
from app.instruments.loader import load_instrument
from app.instruments.scoring import PageAnswers, urge_to_asked


@dataclass(frozen=True, slots=True)
class ReviewPart:
    """One page of the review: its key, its number, its answers in words, and what has none."""

    key: str
    number: int
    lines: list[str]
    blank: str


def told_at(stored: Stored, zone: str, tr: Translator) -> str:
    """Of which moment an answer is that can be changed: «Your answer of 23 Nov, 07:07»."""
    when = tr.moment(stored.finished_at or stored.started_at, zone)
    return tr("Your answer of %(when)s", when=when)


def typed_from(page: Page, answers: PageAnswers, tr: Translator) -> dict[str, list[str]]:
    """The fields of the page's form as they would have to be sent to say ``answers``.

    A measure stands in a field of text, and so as the reader writes numbers.
    """
    if answers.method == "skipped":
        return {}
    typed: dict[str, list[str]] = {}
    for item in page.items:
        if item.code in answers.texts:
            typed[item.code] = [answers.texts[item.code]]
        if item.code not in answers.ratings:
            continue
        value = answers.ratings[item.code]
        if item.kind == "count" and value == 0:
            typed[f"{item.code}_none"] = ["1"]
        elif item.kind == "measure":
            typed[item.code] = [tr.plain(value)]
        else:
            typed[item.code] = [f"{urge_to_asked(value) if item.kind == 'urge' else value:g}"]
    if page.signs:
        typed["signs"] = list(answers.signs) or ["none"]
    return typed


def review_of(pages: Sequence[Page], stored: Stored, tr: Translator) -> list[ReviewPart]:
    parts = []
    for number, page in enumerate(pages, 1):
        found = stored.pages.get(page.key)
        said = found is not None and found.answers.method != "skipped"
        lines = page_lines(page, found.answers, tr) if found and said else []
        names = unanswered(page, found.answers if found else None, tr.lang)
        blank = tr("Not answered: %(names)s", names="; ".join(names)) if names else ""
        parts.append(ReviewPart(page.key, number, lines, blank))
    return parts


def unanswered(page: Page, answers: PageAnswers | None, lang: str) -> list[str]:
    """The questions of a page without an answer, by name; what needs a device may stay empty."""
    rated = answers.ratings if answers and answers.method != "skipped" else {}
    asked = (item for item in page.items if item.kind not in ("measure", "text"))
    names = [item.label.say(lang) for item in asked if item.code not in rated]
    silent = answers is None or answers.method == "skipped"
    return names + ([page.signs_ask.say(lang)] if page.signs_ask and silent else [])


def page_lines(page: Page, answers: PageAnswers, tr: Translator) -> list[str]:
    """One line for each question that was answered, or one for the page as a whole."""
    if answers.method == "skipped":
        return [_blank(tr)]
    lines = [
        f"{item.label.say(tr.lang)}: {_value(item, answers.ratings[item.code], tr)}"
        for item in page.items
        if item.code in answers.ratings
    ]
    lines += [answers.texts[item.code] for item in page.items if item.code in answers.texts]
    if page.signs:
        named = [sign.label.say(tr.lang) for sign in page.signs if sign.code in answers.signs]
        none = page.signs_none.say(tr.lang) if page.signs_none else ""
        lines += named or [none]
    if answers.method == "page_none" and page.none is not None:
        measured = [i for i in page.items if i.kind == "measure" and i.code in answers.ratings]
        return [page.none.say(tr.lang)] + [
            f"{item.label.say(tr.lang)}: {_value(item, answers.ratings[item.code], tr)}"
            for item in measured
        ]
    return lines or [_blank(tr)]


def _value(item: Item, value: float, tr: Translator) -> str:
    if item.kind == "scale":
        return next(point.label.say(tr.lang) for point in item.points if point.value == value)
    if item.kind == "urge":
        return tr.number(urge_to_asked(value))
    if item.kind == "count" and value == 0 and item.none:
        return item.none.say(tr.lang)
    unit = f" {item.unit.say(tr.lang)}" if item.unit else ""
    return tr.number(value) + unit


def _blank(tr: Translator) -> str:
    return load_instrument("side_effects").texts["blank"].say(tr.lang)
