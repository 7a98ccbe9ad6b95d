"""What the columns and their codes are called, in the words that the pages have for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from app.adverse import words as adverse
from app.diary.drinks import BEVERAGES
from app.exports.model import Words
from app.i18n import N_, Translator
from app.instruments.loader import load_instrument
from app.instruments.vocabulary import DOSE_REASONS, ROUTES, SUBSTANCES
from app.leaving.words import SCOPES
from app.rules.wording import wording
from app.specimens import words as specimens
from app.timeline.due import LEFT
from app.timeline.json_fields import TESTED
from app.visit.left import WORDS as ENDINGS

YES_NO: Mapping[int, Words] = {1: N_("yes"), 0: N_("no")}
SEXES: Mapping[str, Words] = {"male": N_("male"), "female": N_("female")}
PROVENANCES: Mapping[str, Words] = {
    "same_day": N_("told on the day itself"),
    "late": N_("told late"),
    "recalled": N_("recalled later"),
    "with_staff": N_("told in an interview"),
    "by_phone": N_("told by telephone"),
}
METHODS: Mapping[str, Words] = {
    "single": N_("one question on each screen"),
    "list": N_("all questions on one page"),
}
AMOUNTS: Mapping[str, Words] = {"unknown": N_("more than was told, nobody knows how much")}
RESULTS: Mapping[str, Words] = {
    "positive": N_("positive"),
    "negative": N_("negative"),
    "invalid": N_("invalid"),
}
VERDICTS: Mapping[str, Words] = {
    "event": N_("an adverse event"),
    "no_event": N_("looked at, and no adverse event"),
}
NOT_GIVEN: Mapping[str, Words] = {**specimens.NOT_GIVEN, LEFT: specimens.LEFT}
UNUSABLE: Mapping[str, Words] = dict(specimens.WHY_UNUSABLE)
LEAVING: Mapping[str, Words] = dict(ENDINGS)
SCOPE: Mapping[str, Words] = dict(SCOPES)
DRINKS: Mapping[str, Words] = dict(BEVERAGES)
ADVERSE: Mapping[str, Mapping[str, Words]] = {
    name: dict(texts) for name, texts in adverse.CHOICES.items()
}
SERIOUS: Mapping[str, Words] = dict(adverse.SERIOUS)
GRADES: Mapping[int, Words] = dict(adverse.GRADES)


def _item(name: str, tr: Translator) -> str:
    base = name.removesuffix("_repeat")
    found = wording().items[base].in_(tr.lang)
    return found if base == name else tr("%(item)s, measured again", item=found)


def _sign(name: str, tr: Translator) -> str:
    return wording().signs[name].in_(tr.lang)


def _choice(instrument: str, listed: str, code: str, tr: Translator) -> str:
    choices = load_instrument(instrument).lists[listed]
    return next(one.label.say(tr.lang) for one in choices if one.code == code)


def item(name: str) -> Words:
    """An answer of a check-in, as alerts name it."""
    return partial(_item, name)


def sign(name: str) -> Words:
    return partial(_sign, name)


def _choices(instrument: str, listed: str, codes: Iterable[str]) -> dict[str, Words]:
    return {code: partial(_choice, instrument, listed, code) for code in codes}


REASONS: Mapping[str, Words] = _choices("dose", "reasons", DOSE_REASONS)
ROUTE: Mapping[str, Words] = _choices("substances", "routes", ROUTES)
USED: Mapping[str, Words] = _choices("substances", "substances", SUBSTANCES)
# A test of staff knows alcohol besides.
TESTS: Mapping[str, Words] = {code: USED.get(code, N_("Alcohol")) for code in TESTED}
SCREENS: Mapping[str, Words] = {
    "self_harm_thoughts": N_("thoughts of self-harm in two weeks, 0 to 3"),
    "ideation": N_("suicidal ideation, as staff rated it, 0 to 5"),
    "suicidal_behavior": N_("suicidal behavior, as staff rated it"),
}
# Why there is no file, each with the cure.
FAULTS = {
    "broken": N_("It could not be made. Whoever runs the server finds the reason in its log."),
}
