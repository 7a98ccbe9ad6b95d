"""Where a page of side effects comes from, and where it leads once it was sent or sent again."""

from datetime import datetime

from starlette.responses import Response

from app.checkins.flow import Stored, is_emergency, next_open, number_of, pages_of
from app.checkins.queries import get_checkin
from app.checkins.service import Told
from app.checkins.words import page_lines
from app.flags.service import Outcome
from app.instruments.definitions import Page
from app.instruments.scoring import PageAnswers
from app.sent.conflict import show_conflict
from app.sent.guidance import go_on
from app.sent.submissions import Earlier
from app.visit.identity import ParticipantMe
from app.visit.visits import ParticipantVisit
from app.web.forms import Form

INSTRUMENT = "side_effects"


def path_of(public_id: str, number: int | str | None = None) -> str:
    return f"/today/check/{public_id}/{number}" if number else f"/today/check/{public_id}"


def told_by(me: ParticipantMe, form: Form, now: datetime) -> Told:
    return Told(me.id, me.actor, now, me.language, form.client_at, form.seconds, form.token)


def again(
    visit: ParticipantVisit, earlier: Earlier, page: Page, answers: PageAnswers, here: str
) -> Response:
    """The page of an earlier token: the first result again, or both answers side by side.

    A token of another page or of another form leaves what was sent here as it is, to be asked.
    """
    tr, key = visit.tr, page.key
    sent = page_lines(page, answers, tr)
    stored = None
    if earlier.subject_id is not None:
        stored = get_checkin(visit.session, visit.me.id, earlier.subject_id)
    if stored is None or stored.instrument.key != INSTRUMENT or key not in stored.pages:
        return show_conflict(visit.request, None, sent, visit.form, here)
    if earlier.same:
        return after(stored, key, answers, Outcome(), False)
    saved = page_lines(page, stored.pages[key].answers, tr)
    pages = pages_of(stored.instrument, stored.single)
    action = path_of(stored.public_id, number_of(pages, key))
    return show_conflict(visit.request, saved, sent, visit.form, action)


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
