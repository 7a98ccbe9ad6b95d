"""Where a page of side effects comes from, and where it leads once it was sent or sent again."""

from datetime import datetime

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from app.auth.identity import ParticipantMe
from app.checkins.flow import Stored, is_emergency, next_open, number_of, pages_of
from app.checkins.queries import get_checkin
from app.checkins.service import Told
from app.checkins.words import page_lines
from app.diary.conflict import show_conflict
from app.diary.guidance import go_on
from app.diary.submissions import Earlier
from app.instruments.definitions import Page
from app.instruments.scoring import PageAnswers
from app.safety.service import Outcome
from app.web.forms import Form
from app.web.pages import tr_of

INSTRUMENT = "side_effects"


def path_of(public_id: str, number: int | str | None = None) -> str:
    return f"/today/check/{public_id}/{number}" if number else f"/today/check/{public_id}"


def told_by(me: ParticipantMe, form: Form, now: datetime) -> Told:
    return Told(me.id, me.actor, now, me.language, form.client_at, form.seconds, form.token)


def again(
    request: Request,
    session: Session,
    me: ParticipantMe,
    earlier: Earlier,
    page: Page,
    form: Form,
    answers: PageAnswers,
    here: str,
) -> Response:
    """The page of an earlier token: the first result again, or both answers side by side.

    A token of another page or of another form leaves what was sent here as it is, to be asked.
    """
    tr, key = tr_of(request), page.key
    sent = page_lines(page, answers, tr)
    stored = None
    if earlier.subject_id is not None:
        stored = get_checkin(session, me.id, earlier.subject_id)
    if stored is None or stored.instrument.key != INSTRUMENT or key not in stored.pages:
        return show_conflict(request, None, sent, form, here)
    if earlier.same:
        return after(stored, key, answers, Outcome(), False)
    saved = page_lines(page, stored.pages[key].answers, tr)
    pages = pages_of(stored.instrument, stored.single)
    action = path_of(stored.public_id, number_of(pages, key))
    return show_conflict(request, saved, sent, form, action)


def after(
    stored: Stored, key: str, answers: PageAnswers, outcome: Outcome, changed: bool
) -> Response:
    """Help if the page calls for it, else the next open page, else all answers."""
    if is_emergency(answers):
        outcome = Outcome("emergency", ("EMG",))
    pages = pages_of(stored.instrument, stored.single)
    upcoming = next_open(pages, stored.pages, key) if stored.finished_at is None else None
    number = number_of(pages, upcoming) if upcoming else None
    return go_on(outcome, path_of(stored.public_id, number), "changed" if changed else None)
