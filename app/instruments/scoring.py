"""One page of raw form values, turned into typed answers or into plain complaints. Pure.

Nothing is defaulted: a field that was not answered is not in the answers, a page that was skipped
says so, and "none" exists only where somebody said it.

The fields of a page's form:

* one field per question, named by its code; for `urge` 0-10, for `scale` a point's value;
* `CODE_none` = "1" beside a `count`: the explicit "none";
* `signs`, repeated: codes of danger signs, or the one value "none";
* `method`: the button pressed, "each", "page_none" (where the page has it) or "skipped".
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from app.instruments.definitions import Item, Page
from app.typed import number, two_ways

Method = Literal["each", "page_none", "skipped"]

# Every message key that a page can answer with; the words stand in the file `errors`.
MESSAGES: tuple[str, ...] = (
    "unknown_field",
    "repeated",
    "method",
    "choice",
    "number",
    "whole_number",
    "comma",
    "range",
    "text_length",
    "text_characters",
    "answer_or_skip",
    "signs_or_none",
    "signs_conflict",
    "none_conflict",
    "skip_conflict",
    "pressure_pair",
    "pressure_order",
    "pressure_repeat",
)

# What no form of ours sends; skipping the page does not excuse it.
_FORGED = ("unknown_field", "repeated", "method")
_WHOLE = re.compile(r"0|[1-9][0-9]{0,2}")
_DECIMAL = re.compile(r"(0|[1-9][0-9]{0,2})(\.[0-9]{1,2})?")
# Control characters but tab and line feed, half characters, and marks that reorder a line.
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class PageAnswers:
    """What a page said: stored values by item, danger signs, own words, and how it was answered.

    With method "each", empty `signs` on a page that asks for signs means "none of these".
    """

    ratings: dict[str, float]
    signs: tuple[str, ...]
    method: Method
    texts: dict[str, str]


class AnswerErrors(ValueError):
    """A page that cannot be stored as it is.

    `errors` maps a field's name ("" for the page as a whole) to a message key. `readable` holds
    what could be understood, so that a danger sign is acted on even while a number beside it waits
    for a correction; it is not to be stored as the person's answer.
    """

    def __init__(self, errors: dict[str, str], readable: PageAnswers) -> None:
        super().__init__(", ".join(sorted(set(errors.values()))))
        self.errors = errors
        self.readable = readable


def urge_to_asked(stored: float) -> float:
    """Turn the stored 0-100 back into 0-10; a median may fall between two answers (15 is 1.5)."""
    if not 0 <= stored <= 100:
        raise ValueError("an urge is stored from 0 to 100")
    return stored / 10


def validate_page(page: Page, pairs: Iterable[tuple[str, object]]) -> PageAnswers:
    """Read one page's form, given as all its pairs of name and value, repeated names included.

    The caller has taken out the fields of its own (the submission token, the device's time).
    Raises AnswerErrors.
    """
    errors: dict[str, str] = {}
    fields, signs = _collect(page, pairs, errors)
    method = _method(page, fields.pop("method", ""), errors)
    ratings: dict[str, float] = {}
    texts: dict[str, str] = {}
    for item in page.items:
        _read(item, fields, ratings, texts, errors)
    _check_pressure(page, ratings, errors)
    named = _signs(page, signs, errors)
    readable = PageAnswers(dict(ratings), named, method, dict(texts))
    if method == "skipped":
        errors = {key: word for key, word in errors.items() if word in _FORGED}
        if named or _has_typing(page, fields):
            errors.setdefault("", "skip_conflict")
        answers = PageAnswers({}, (), "skipped", {})
    elif method == "page_none":
        answers = _with_none(page, readable, errors)
    else:
        answers = readable
        _check_complete(page, answers, signs, errors)
    if errors:
        raise AnswerErrors(errors, readable)
    return answers


def _collect(
    page: Page, pairs: Iterable[tuple[str, object]], errors: dict[str, str]
) -> tuple[dict[str, str], list[str]]:
    known = {"method", *page.fields}
    fields: dict[str, str] = {}
    signs: list[str] = []
    for name, value in pairs:
        if not isinstance(value, str) or name not in known:
            errors[""] = "unknown_field"
        elif name == "signs":
            signs.append(value)
        elif name in fields:
            errors[name if name != "method" else ""] = "repeated"
        else:
            fields[name] = value
    return fields, signs


def _method(page: Page, word: str, errors: dict[str, str]) -> Method:
    if word == "skipped":
        return "skipped"
    if word == "page_none" and page.none is not None:
        return "page_none"
    if word != "each":
        errors.setdefault("", "method")
    return "each"


def _read(
    item: Item,
    fields: Mapping[str, str],
    ratings: dict[str, float],
    texts: dict[str, str],
    errors: dict[str, str],
) -> None:
    raw = fields.get(item.code, "")
    if item.kind == "text":
        _read_text(item, raw, texts, errors)
        return
    value, problem = _number(item, number(raw))
    if item.kind == "count" and f"{item.code}_none" in fields:
        if fields[f"{item.code}_none"] != "1":
            problem = "choice"
        elif value:
            problem = "none_conflict"
        elif problem is None:
            value = 0
    if problem is not None:
        errors.setdefault(item.code, problem)
    elif value is not None:
        ratings[item.code] = value


def _number(item: Item, raw: str) -> tuple[float | None, str | None]:
    if not raw:
        return None, None
    if item.kind == "scale":
        chosen = {str(point.value): point.value for point in item.points}.get(raw)
        return chosen, None if chosen is not None else "choice"
    if item.kind == "urge":
        return (int(raw) * 10, None) if raw in map(str, range(11)) else (None, "choice")
    if two_ways(raw):
        return None, "comma"
    form, word = (_WHOLE, "whole_number") if item.range.whole else (_DECIMAL, "number")
    if not form.fullmatch(raw):
        return None, word
    value = int(raw) if item.range.whole else float(raw)
    return (value, None) if item.range.holds(value) else (None, "range")


def _read_text(item: Item, raw: str, texts: dict[str, str], errors: dict[str, str]) -> None:
    words = raw.replace("\r\n", "\n").strip()
    if UNSAFE.search(words):
        errors.setdefault(item.code, "text_characters")
    elif len(words) > item.range.high:
        errors.setdefault(item.code, "text_length")
    elif words:
        texts[item.code] = words


def _signs(page: Page, given: list[str], errors: dict[str, str]) -> tuple[str, ...]:
    known = [sign.code for sign in page.signs]
    named = tuple(code for code in known if code in given)
    if any(code != "none" and code not in known for code in given):
        errors["signs"] = "choice"
    elif len(set(given)) != len(given):
        errors["signs"] = "repeated"
    elif "none" in given and named:
        errors["signs"] = "signs_conflict"
    return named


def _check_pressure(page: Page, ratings: dict[str, float], errors: dict[str, str]) -> None:
    for end in ("", "_repeat"):
        upper, lower = f"systolic_bp{end}", f"diastolic_bp{end}"
        if upper not in page.by_code or upper in errors or lower in errors:
            continue
        if (upper in ratings) != (lower in ratings):
            errors[lower if upper in ratings else upper] = "pressure_pair"
        elif upper in ratings and ratings[upper] <= ratings[lower]:
            errors[upper] = "pressure_order"
    if "systolic_bp_repeat" in ratings and not {"systolic_bp", "diastolic_bp"} & {
        *ratings,
        *errors,
    }:
        errors["systolic_bp"] = "pressure_repeat"


def _has_typing(page: Page, fields: Mapping[str, str]) -> bool:
    """A tapped scale cannot be untapped, so skipping drops it; typing is asked about first."""
    typed = [item.code for item in page.items if item.kind not in ("scale", "urge")]
    return any(fields.get(code, "").strip() for code in typed)


def _with_none(page: Page, readable: PageAnswers, errors: dict[str, str]) -> PageAnswers:
    covered = [item.code for item in page.items if item.kind in ("scale", "urge", "count")]
    for code in covered:
        if readable.ratings.get(code):
            errors.setdefault(code, "none_conflict")
    if readable.signs:
        errors.setdefault("signs", "none_conflict")
    ratings = {**readable.ratings, **dict.fromkeys(covered, 0.0)}
    return PageAnswers(ratings, (), "page_none", readable.texts)


def _check_complete(
    page: Page, answers: PageAnswers, signs: list[str], errors: dict[str, str]
) -> None:
    """A page may stay incomplete, but not empty, and its danger signs are said or denied."""
    if errors:
        return
    if not (answers.ratings or answers.texts or signs):
        errors[""] = "answer_or_skip"
    elif page.signs and not signs:
        errors["signs"] = "signs_or_none"


def merged(pages: Iterable[PageAnswers]) -> tuple[dict[str, float], list[str]]:
    """Ratings and signs of all pages together."""
    ratings: dict[str, float] = {}
    signs: list[str] = []
    for page in pages:
        ratings |= page.ratings
        signs += page.signs
    return ratings, signs


def answered_at_all(pages: Iterable[PageAnswers]) -> bool:
    """Whether anything was said: a check-in of skipped pages is no report for the rules."""
    return any(page.method != "skipped" for page in pages)
