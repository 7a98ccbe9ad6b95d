"""The help page: opens without a PIN, without the database, and says nothing of anybody."""

from dataclasses import asdict, dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.auth.gate import public
from app.help.numbers import Numbers
from app.instruments.definitions import Section
from app.instruments.loader import load_instrument
from app.instruments.text import placeholders
from app.web.pages import language_of, page

router = APIRouter()
# Which number is a section's {phone}; everywhere else it is the emergency number.
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
    """A section with the site's numbers in place; None where the site has no such number."""
    known = asdict(numbers)
    known["phone"] = known[PHONE_OF.get(section.key, "emergency")]
    texts = [section.heading, *section.lines, *section.steps]
    if any(not known[name] for text in texts for name in placeholders(text.en)):
        return None
    return ShownSection(
        section.key,
        section.heading.say(lang, **known),
        [text.say(lang, **known) for text in section.lines],
        [text.say(lang, **known) for text in section.steps],
    )
