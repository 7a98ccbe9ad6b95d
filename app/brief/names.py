"""What codes are called: items, signs, substances, drinks, results, sheets. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from app.i18n import Translator
from app.instruments.loader import all_instruments, load_instrument
from app.instruments.reading import InstrumentError
from app.instruments.worksheets.loader import load_sheet


@cache
def labels(lang: str) -> Mapping[str, str]:
    """Every item, sign and listed choice of the instruments, by code; the newest words last."""
    found: dict[str, str] = {}
    for instrument in all_instruments():
        for item in instrument.items:
            found[item.code] = item.label.say(lang)
        for choices in ((instrument.signs), *instrument.lists.values()):
            found.update({choice.code: choice.label.say(lang) for choice in choices})
    return found


@cache
def levels(lang: str) -> tuple[str, ...]:
    """The severity scale, 0-4, as the check-in names it."""
    item = next(i for i in load_instrument("side_effects").items if i.kind == "scale")
    return tuple(point.label.say(lang).lower() for point in item.points)


def beverage(code: str | None, tr: Translator) -> str:
    """What a kind of drink is called; a kind that somebody named themselves stays as it is."""
    words = {
        "beer": tr("Beer"),
        "wine": tr("Wine"),
        "fortified_wine": tr("Fortified wine"),
        "vodka": tr("Vodka"),
        "spirit": tr("Spirit"),
        "samogon": tr("Home-made spirit"),
        "can_cocktail": tr("Canned cocktail"),
        "malt_liquor": tr("Malt liquor"),
        "non_beverage": tr("Alcohol not made for drinking"),
        "other": tr("Other drink"),
    }
    return words.get(code or "other", code or "")


def result_word(result: str | None, tr: Translator) -> str:
    """A specimen's result for one substance."""
    words = {
        "positive": tr("positive"),
        "negative": tr("negative"),
        "invalid": tr("not valid"),
    }
    return words.get(result or "", tr("not tested for opioids"))


def named(code: str, tr: Translator) -> str:
    """A code of an instrument, or a kind of drink."""
    return labels(tr.lang).get(code) or beverage(code, tr)


def sheet_title(key: str, lang: str) -> str:
    """What a worksheet is called; its key where no such sheet is known any more."""
    try:
        return load_sheet(key).title.say(lang)
    except InstrumentError:
        return key
