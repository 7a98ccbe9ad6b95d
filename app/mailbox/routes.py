"""Where a phone brings what it sealed without a network; it may be locked, and reads nothing."""

from datetime import datetime
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from pydantic import Field
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.checkins.flow import NOW, page_at
from app.clock import local_day
from app.db import Database
from app.diary.days import Window
from app.diary.drinks import offers
from app.diary.holidays import region_on
from app.instruments.loader import load_instrument
from app.mailbox.envelope import Receipt, encode, public_key, signed
from app.mailbox.queries import returned, zone_of
from app.mailbox.service import Arrival, Full, mark_seen, opened, take
from app.named import Id
from app.protocol.in_force import protocol_in_force
from app.protocol.model import Protocol
from app.signin import phone
from app.signin.phone import KnownDevice
from app.signin.phone_routes import device_on, in_read
from app.visit.gate import NowDep, for_participants, public
from app.visit.identity import DEVICE_COOKIE
from app.visit.returned import has_unseen
from app.visit.shell import phone_mark, shell_version
from app.visit.visits import ParticipantVisit
from app.web.forms import FormDep, FormModel, check
from app.web.pages import numbers_of, page, see_other, tr_of
from app.web.static import static_files

router = APIRouter()
# A form takes 64 KiB, and so many envelopes of the usual size are less.
MOST_AT_ONCE = 10


class MailboxForm(FormModel):
    """``envelope``: sealed, base64url. The phone's clock comes beside it, as with every form."""

    envelope: Annotated[list[str], Field(min_length=1, max_length=MOST_AT_ONCE)]


@router.post("/sealed")
@public
async def receive(request: Request, form: FormDep, now: NowDep) -> Response:
    """Receipts for what is kept. An answer without one stays on the phone and comes again."""
    told = check(MailboxForm, form, tr_of(request)).value
    if told is None:
        return JSONResponse({"receipts": []}, 422)
    device = await in_read(request, phone.device_of, request.cookies.get(DEVICE_COOKIE))
    if device is None:
        return JSONResponse({"receipts": []}, 401)
    database: Database = request.app.state.database
    arrival = Arrival(request, device.id, now, form.client_at)
    receipts: list[dict[str, str | int]] = []
    for one in opened(database.keys, told.envelope):
        try:
            async with database.turn:
                receipt = await run_in_threadpool(take, database, arrival, one)
        except Full:
            break
        receipts.append(_as_told(receipt, signed(database.keys, receipt, one.envelope)))
    return JSONResponse({"receipts": receipts}, 200 if receipts else 429)


class SeenForm(FormModel):
    entry: Id


@router.get("/sealed")
@for_participants
def came_back(visit: ParticipantVisit) -> Response:
    """Answers that were given without a line and could not be stored, each with its way on."""
    return _came_back(visit)


@router.post("/sealed/seen")
@for_participants
def seen(visit: ParticipantVisit) -> Response:
    checked = check(SeenForm, visit.form, visit.tr)
    if checked.value is None:
        return _came_back(visit, checked.errors)
    mark_seen(visit, checked.value.entry)
    return see_other("/sealed" if has_unseen(visit.session, visit.me.id) else "/today")


def _came_back(visit: ParticipantVisit, errors: dict[str, str] | None = None) -> Response:
    zone = visit.me.timezone
    window = Window.at(visit.now, zone, visit.protocol.backfill_days)
    entries = returned(visit.session, visit.me.id, zone, window.holds, visit.tr)
    titles = {
        "dose": load_instrument("dose").title.say(visit.tr.lang),
        "urges": load_instrument("urges").title.say(visit.tr.lang),
        "effects": load_instrument("side_effects").title.say(visit.tr.lang),
    }
    context = {
        "entries": entries,
        "titles": titles,
        "zone": zone,
        "new_key": lambda: uuid4().hex,
        "errors": errors or {},
        "back": ("/today", visit.tr("Today")),
    }
    return page(visit.request, "mailbox/returned.html", context, 422 if errors else 200)


@router.get("/offline")
@public
async def blank_forms(request: Request, now: NowDep) -> Response:
    """The page that a phone keeps for when there is no line: nothing about a person is in it.

    A browser that nobody knows gets the numbers alone.
    """
    device = await run_in_threadpool(device_on, request)
    if device is None or device.has_left:
        return page(request, "mailbox/shell.html", {"phone": "", "shell": "", **_no_keys()})
    request.state.lang = device.language
    plan, zone = await in_read(request, _asked, device, now)
    secret, tr = request.app.state.database.keys.mailboxes[0], tr_of(request)
    effects, substances = load_instrument("side_effects"), load_instrument("substances")
    region = region_on(local_day(now, zone), zone)
    context: dict[str, Any] = {
        "shell": shell_version(request, plan, numbers_of(request)),
        "phone": phone_mark(request),
        "seal": encode(public_key(secret, "seal")),
        "sign": encode(public_key(secret, "sign")),
        "dose": load_instrument("dose"),
        "rows": offers((), None, {}, plan, region, tr),
        "substances": substances,
        "options": [(one.code, one.label.say(tr.lang)) for one in substances.lists["substances"]],
        "urges": load_instrument("urges"),
        "effects": effects,
        "wrong": page_at(effects.pages, NOW),
    }
    return page(request, "mailbox/shell.html", context)


def _no_keys() -> dict[str, str]:
    return {"seal": "", "sign": ""}


def _asked(session: Session, device: KnownDevice, now: datetime) -> tuple[Protocol, str]:
    zone = zone_of(session, device.participant_id)
    return protocol_in_force(session, device.site_id, now), zone


@router.get("/worker.js")
@public
def worker(_request: Request) -> Response:
    """At the top, for it stands before every page."""
    file = static_files()["worker.js"]
    return Response(file.plain, media_type=file.media_type, headers={"Cache-Control": "no-cache"})


def _as_told(receipt: Receipt, signature: str) -> dict[str, str | int]:
    return {
        "digest": receipt.digest,
        "entry": receipt.entry,
        "at": receipt.at.isoformat(),
        "state": receipt.state,
        "signature": signature,
    }
