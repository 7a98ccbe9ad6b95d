"""The words beside a field, in the participant's language."""

from collections.abc import Mapping

from app.instruments.definitions import Item, Page
from app.instruments.loader import load_instrument
from app.instruments.worksheets.answers import field_names
from app.instruments.worksheets.definitions import Sheet
from app.languages import decimal


def explain(page: Page, errors: Mapping[str, str], lang: str) -> dict[str, str]:
    """Turn the message keys of a page's errors into words, fields and their order kept.

    Ranges are given as they are asked (an urge 0-10). Raises KeyError for an unknown message key.
    """
    texts = load_instrument("errors").texts
    return {
        field: texts[key].say(lang, **_limits(page.by_code.get(field), lang))
        for field, key in errors.items()
    }


def explain_sheet(sheet: Sheet, errors: Mapping[str, str], lang: str) -> dict[str, str]:
    """Turn the message keys of a worksheet's errors into words. Raises KeyError as `explain`."""
    texts = load_instrument("errors").texts
    limits = {name: field.limit or 100 for name, field in field_names(sheet)}
    return {
        name: texts[key].say(lang, low=0, high=limits.get(name, "")) for name, key in errors.items()
    }


def _limits(item: Item | None, lang: str) -> dict[str, str]:
    if item is None:
        return {"low": "", "high": ""}
    scale = 10 if item.kind == "urge" else 1
    low, high = (_number(edge / scale, lang) for edge in (item.range.low, item.range.high))
    return {"low": low, "high": high}


def _number(value: float, lang: str) -> str:
    return decimal(f"{value:g}", lang)
