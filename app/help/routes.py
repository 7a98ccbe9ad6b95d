"""The help page: opens without a PIN, without the database, and says nothing of anybody."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.auth.gate import public
from app.help.numbers import Numbers
from app.instruments.definitions import Section
from app.instruments.loader import load_instrument
from app.instruments.text import Text, placeholders
from app.web.pages import language_of, page

router = APIRouter()
# Which number a section's {phone} is; every other one names the emergency number.
PHONE_OF = {"crisis": "crisis", "clinic": "clinic"}


@dataclass(frozen=True, slots=True)
class ShownSection:
    key: str
    heading: str
    lines: list[str]
    steps: list[str]


@router.get("/help")
@public
def help_page(request: Request) -> Response:
    lang, numbers = language_of(request), request.app.state.numbers
    instrument = load_instrument("help")
    sections = [show(section, lang, numbers) for section in instrument.sections]
    context = {"help": instrument, "sections": [s for s in sections if s], "message": None}
    return page(request, "help/help.html", context)


def show(section: Section, lang: str, numbers: Numbers) -> ShownSection | None:
    """A section with the site's number in place; None where the site has no such number."""
    phone = getattr(numbers, PHONE_OF.get(section.key, "emergency"))
    texts = [section.heading, *section.lines, *section.steps]
    if not phone and any("phone" in placeholders(text.en) for text in texts):
        return None
    return ShownSection(
        section.key,
        _say(section.heading, lang, phone),
        [_say(text, lang, phone) for text in section.lines],
        [_say(text, lang, phone) for text in section.steps],
    )


def _say(text: Text, lang: str, phone: str) -> str:
    return text.say(lang, phone=phone) if "phone" in placeholders(text.en) else text.say(lang)
