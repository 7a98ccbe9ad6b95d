"""The words beside a field, in the participant's language."""

from collections.abc import Mapping

from app.instruments.definitions import Item, Page
from app.instruments.loader import load_instrument


def explain(page: Page, errors: Mapping[str, str], lang: str) -> dict[str, str]:
    """Turn the message keys of a page's errors into words, fields and their order kept.

    Ranges are given as they are asked (an urge 0-10). Raises KeyError for an unknown message key.
    """
    texts = load_instrument("errors").texts
    return {
        field: texts[key].say(lang, **_limits(page.item(field))) for field, key in errors.items()
    }


def _limits(item: Item | None) -> dict[str, str]:
    if item is None:
        return {"low": "", "high": ""}
    scale = 10 if item.kind == "urge" else 1
    return {"low": f"{item.range.low / scale:g}", "high": f"{item.range.high / scale:g}"}
