"""The table of contents: which rooms there are, and what stands around them."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial

from fastapi import Depends, FastAPI
from fastapi.routing import iter_route_contexts
from starlette.requests import Request
from starlette.responses import Response

from app.adverse import routes as adverse_routes
from app.board import routes as board_routes
from app.brief import routes as brief_routes
from app.caseload import routes as caseload_routes
from app.checkins import danger
from app.checkins import routes as checkin_routes
from app.clock import utc_now
from app.colleagues import routes as colleague_routes
from app.consent import routes as consent_routes
from app.db import Database
from app.diary import danger as day_danger
from app.diary import routes as diary_routes
from app.enrolment import routes as enrolment_routes
from app.exports import routes as export_routes
from app.figures import routes as figure_routes
from app.flags import routes as flag_routes
from app.framing import routes as framing_routes
from app.help import routes as help_routes
from app.interview import danger as told_danger
from app.interview import routes as interview_routes
from app.jobs import new_worker
from app.leaving import routes as leaving_routes
from app.locks import routes as lock_routes
from app.mailbox import routes as mailbox_routes
from app.mine import routes as mine_routes
from app.outbox import routes as outbox_routes
from app.outbox.worker import working
from app.settings import Settings
from app.signin import (
    passkey_routes,
    phone_routes,
    pin_routes,
    second_routes,
    staff_routes,
    start_routes,
)
from app.signin.arrival import START_COOKIE
from app.signin.doors import install_redirects
from app.signin.recognised import recognise
from app.signoff import routes as sign_off_routes
from app.site import routes as site_routes
from app.specimens import routes as specimen_routes
from app.thresholds import routes as threshold_routes
from app.trail import routes as trail_routes
from app.treatment import routes as treatment_routes
from app.visit.gate import audiences, gate, public
from app.visit.identity import DEVICE_COOKIE, SESSION_COOKIE
from app.visit.site_numbers import KnownNumbers
from app.web import errors
from app.web.middleware import (
    Allow,
    CatchCrash,
    Head,
    OwnHost,
    SameOrigin,
    SecurityHeaders,
    WholePages,
)
from app.web.pages import see_other
from app.web.plain_cookies import PlainCookies
from app.web.static import serve_static
from app.worklist import routes as worklist_routes
from app.worksheets import routes as worksheet_routes
from app.worksheets import staff_routes as worksheet_staff_routes

# What phones ask most comes first, and then what staff do: a router is asked in turn.
ROOMS = (
    checkin_routes,
    diary_routes,
    flag_routes,
    brief_routes,
    caseload_routes,
    mine_routes,
    phone_routes,
    start_routes,
    pin_routes,
    staff_routes,
    second_routes,
    passkey_routes,
    help_routes,
    mailbox_routes,
    worksheet_routes,
    worklist_routes,
    adverse_routes,
    board_routes,
    export_routes,
    figure_routes,
    threshold_routes,
    outbox_routes,
    enrolment_routes,
    leaving_routes,
    consent_routes,
    site_routes,
    specimen_routes,
    colleague_routes,
    interview_routes,
    treatment_routes,
    worksheet_staff_routes,
    framing_routes,
    trail_routes,
    lock_routes,
    sign_off_routes,
)


def create_app(
    settings: Settings,
    database: Database | None = None,
    clock: Callable[[], datetime] = utc_now,
    *,
    with_worker: bool = False,
) -> FastAPI:
    """The web application over a migrated database, on request with the worker beside it.

    Raises UndeclaredRoute.
    """
    app = FastAPI(
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_lifespan,
        dependencies=[Depends(gate, scope="function")],
    )
    app.state.settings = settings
    app.state.database = database or Database(settings)
    app.state.clock = clock
    app.state.with_worker = with_worker
    app.state.numbers = KnownNumbers()
    app.state.reads = set()
    app.state.recognise = recognise
    app.state.first = (danger.act_first, day_danger.act_first, told_danger.act_first)
    for room in ROOMS:
        app.include_router(room.router)
    app.add_api_route("/", first_page)
    app.add_api_route("/static/{name:path}", public(serve_static))
    errors.install(app)
    install_redirects(app)
    _wrap(app, settings)
    audiences(app)
    return app


def _wrap(app: FastAPI, settings: Settings) -> None:
    """The first added stands innermost."""
    app.add_middleware(CatchCrash, answer=errors.show_crash)
    app.add_middleware(SameOrigin, origin=settings.origin, refuse=errors.show_elsewhere)
    app.add_middleware(Allow, routes=partial(_methods, app))
    app.add_middleware(OwnHost, host=settings.host_name)
    app.add_middleware(WholePages, refuse=errors.show_status, bare=("/healthz",))
    app.add_middleware(Head)
    app.add_middleware(SecurityHeaders)
    if settings.plain_demo:
        app.add_middleware(PlainCookies)


def _methods(app: FastAPI) -> list[tuple[str, set[str]]]:
    contexts = iter_route_contexts(app.routes)
    return [(str(context.path), set(context.methods or ())) for context in contexts]


@public
def first_page(request: Request) -> Response:
    """A phone that knows Daybook goes to Today, staff to their alerts, others to the door."""
    if DEVICE_COOKIE in request.cookies:
        return see_other("/today")
    if START_COOKIE in request.cookies:
        return see_other("/start/pin")
    return see_other("/flags" if SESSION_COOKIE in request.cookies else "/sign-in")


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    with app.state.database.read() as session:
        app.state.numbers.learn_all(session)
    if not app.state.with_worker:
        yield
        return
    async with working(new_worker(app.state.database)):
        yield
