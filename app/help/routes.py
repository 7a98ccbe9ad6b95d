"""The help page: opens without a PIN, without the database, and says nothing of anybody.

The pages for participants show the same below one plain instruction, after an answer that
cannot wait for anybody to read it.
"""

import logging
from dataclasses import asdict, dataclass
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.help.queries import unfinished_checkin
from app.instruments.definitions import Section
from app.instruments.loader import load_instrument
from app.instruments.text import placeholders
from app.signin.recognised import recognise_phone
from app.visit.gate import for_whoever_was_enrolled, public
from app.visit.identity import DEVICE_COOKIE
from app.visit.visits import ParticipantVisit
from app.web.errors import UNAVAILABLE
from app.web.pages import language_of, numbers_of, page
from app.web.telephone import Numbers

log = logging.getLogger("daybook")
router = APIRouter()
# Which number is a section's {phone}; everywhere else it is the emergency number.
PHONE_OF = {"crisis": "crisis", "clinic": "clinic"}
FIRST_CALL = {"emergency": "emergency", "urgent": "clinic", "self_harm": "crisis"}


@dataclass(frozen=True, slots=True)
class ShownSection:
    key: str
    heading: str
    lines: list[str]
    steps: list[str]


@router.get("/help")
@public
def help_page(request: Request) -> Response:
    try:
        recognise_phone(request)
    except UNAVAILABLE:
        log.warning("help is shown with the numbers that were last read")
    # A phone of somebody, locked or not: a stranger has nobody to ask.
    context = {**_shared(request), "can_ask": DEVICE_COOKIE in request.cookies}
    return page(request, "help/help.html", context)


@router.get("/help/now")
@for_whoever_was_enrolled
def help_now(visit: ParticipantVisit) -> Response:
    """After an answer that can be dangerous."""
    return show_guidance(
        visit.request, "emergency", unfinished_checkin(visit.session, visit.me.id, visit.now)
    )


@router.get("/help/soon")
@for_whoever_was_enrolled
def help_soon(visit: ParticipantVisit) -> Response:
    """After an answer that needs the study doctor today."""
    return show_guidance(
        visit.request, "urgent", unfinished_checkin(visit.session, visit.me.id, visit.now)
    )


@router.get("/help/talk")
@for_whoever_was_enrolled
def help_talk(visit: ParticipantVisit) -> Response:
    """After an answer about thoughts of self-harm."""
    return show_guidance(
        visit.request, "self_harm", unfinished_checkin(visit.session, visit.me.id, visit.now)
    )


def show_guidance(request: Request, text: str, unfinished: str | None) -> Response:
    """One instruction of the help texts, whom to call, and the way back."""
    lang = language_of(request)
    numbers = numbers_of(request)
    texts = load_instrument("help").texts
    known = numbers.never_blank
    more = {
        "message": texts[text].say(lang, **known),
        "sent": texts["sent"].say(lang, **known),
        "first": FIRST_CALL[text] if getattr(numbers, FIRST_CALL[text]) else "emergency",
        "way_back": f"/today/check/{unfinished}" if unfinished else "/today",
        "unfinished": unfinished is not None,
        "back": None,
    }
    return page(request, "help/now.html", {**_shared(request), **more})


def _shared(request: Request) -> dict[str, Any]:
    lang = language_of(request)
    numbers = numbers_of(request)
    instrument = load_instrument("help")
    sections = [show(section, lang, numbers) for section in instrument.sections]
    return {"help": instrument, "sections": [one for one in sections if one], "message": None}


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
