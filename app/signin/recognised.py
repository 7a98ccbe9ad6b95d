"""Whose page a refusal or Help is, where no session says so: for its language and its numbers."""

from starlette.requests import Request

from app.signin import arrival
from app.signin.arrival import START_COOKIE
from app.signin.phone_routes import database_of, device_on
from app.visit import identity
from app.visit.identity import DEVICE_COOKIE
from app.web.pages import LANGUAGE_COOKIE


def recognise(request: Request) -> None:
    """Somebody on a session, the owner of a locked phone, whoever is on the way in."""
    identity.recognise(request)
    if getattr(request.state, "me", None) is None:
        recognise_phone(request)


def recognise_phone(request: Request) -> None:
    """Grants nothing; a stranger sees the numbers of the first site."""
    if START_COOKIE in request.cookies and DEVICE_COOKIE not in request.cookies:
        _on_its_way(request)
    else:
        device_on(request)


def _on_its_way(request: Request) -> None:
    now, database = request.app.state.clock(), database_of(request)
    found = arrival.arrival_of(database.keys, request.cookies.get(START_COOKIE), now)
    with database.read() as session:
        owner = arrival.owner(session, found) if found else None
        request.state.site = owner.site_id if owner else None
        request.app.state.numbers.learn(session, request.state.site)
    if owner and LANGUAGE_COOKIE not in request.cookies:
        request.state.lang = owner.language
