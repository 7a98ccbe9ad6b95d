"""Is the product well (for a monitor that calls every minute), and the mailbox of the demo."""

import re

from fastapi import APIRouter
from markupsafe import Markup, escape
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from app.outbox import deliveries, queries, storage
from app.visit.gate import NowDep, for_staff, public
from app.visit.roles import READS_DELIVERY, READS_MAILBOX
from app.visit.visits import StaffVisit
from app.web.errors import NotFound
from app.web.pages import page

router = APIRouter()


@router.get("/healthz")
@public
def healthz(request: Request, now: NowDep) -> Response:
    """200 and "ok", or 503 and one fault a line; nothing about anybody."""
    try:
        with request.app.state.database.read() as session:
            faults = queries.mail_state(session, now).faults(now)
        faults += storage.faults(request.app.state.database, now)
    except SQLAlchemyError:
        faults = ("database silent",)
    text = "\n".join(faults) or "ok"
    return PlainTextResponse(text + "\n", 503 if faults else 200)


@router.get("/delivery")
@for_staff(READS_DELIVERY)
def delivery(visit: StaffVisit) -> Response:
    """Every message to the site's staff and every attempt to send it."""
    mails = deliveries.messages(visit.session, visit.me.site_id)
    context = {"mails": mails, "most": deliveries.MOST}
    return page(visit.request, "outbox/delivery.html", context)


@router.get("/mailbox")
@for_staff(READS_MAILBOX)
def mailbox(visit: StaffVisit) -> Response:
    """What went out, in the place of everybody's mail program. Raises NotFound but in the demo."""
    settings = visit.request.app.state.settings
    if not settings.demo:
        raise NotFound
    mails = queries.mailbox(visit.session)
    texts = [_linked(mail.text, settings.base_url) for mail in mails]
    return page(
        visit.request, "outbox/mailbox.html", {"mails": list(zip(mails, texts, strict=True))}
    )


def _linked(text: str, base_url: str) -> Markup:
    """The text with our own addresses to click on."""
    address = re.compile(rf"{re.escape(base_url)}(/[\w/-]*)")
    parts, at = [], 0
    for found in address.finditer(text):
        link = Markup('<a class="link" href="{}">{}</a>').format(found[1], found[0])
        parts += [escape(text[at : found.start()]), link]
        at = found.end()
    return Markup("").join([*parts, escape(text[at:])])
