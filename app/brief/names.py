"""What codes are called: items, signs, substances, drinks, results, sheets. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from app.i18n import N_, Translator
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


_BEVERAGES = {
    "beer": N_("Beer"),
    "wine": N_("Wine"),
    "fortified_wine": N_("Fortified wine"),
    "vodka": N_("Vodka"),
    "spirit": N_("Spirit"),
    "samogon": N_("Home-made spirit"),
    "can_cocktail": N_("Canned cocktail"),
    "malt_liquor": N_("Malt liquor"),
    "non_beverage": N_("Alcohol not made for drinking"),
    "other": N_("Other drink"),
}
_RESULTS = {
    "positive": N_("positive"),
    "negative": N_("negative"),
    "invalid": N_("not valid"),
}
_NOT_TESTED = N_("not tested for opioids")


def beverage(code: str | None, tr: Translator) -> str:
    """What a kind of drink is called; a kind that somebody named themselves stays as it is."""
    word = _BEVERAGES.get(code or "other")
    return tr(word) if word else code or ""


def result_word(result: str | None, tr: Translator) -> str:
    """A specimen's result for one substance."""
    return tr(_RESULTS.get(result or "", _NOT_TESTED))


def named(code: str, tr: Translator) -> str:
    """A code of an instrument, or a kind of drink."""
    return labels(tr.lang).get(code) or beverage(code, tr)


def sheet_title(key: str, lang: str) -> str:
    """What a worksheet is called; its key where no such sheet is known any more."""
    try:
        return load_sheet(key).title.say(lang)
    except InstrumentError:
        return key
