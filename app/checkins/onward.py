"""Where a page of side effects comes from, and where it leads once it was sent or sent again."""

from starlette.responses import Response

from app.checkins.flow import Stored, is_emergency, next_open, number_of, pages_of
from app.checkins.queries import get_checkin
from app.checkins.service import Telling
from app.checkins.words import page_lines
from app.flags.service import Outcome
from app.instruments.definitions import Page
from app.instruments.scoring import PageAnswers
from app.sent.conflict import show_conflict
from app.sent.guidance import go_on
from app.sent.submissions import Earlier
from app.visit.visits import ParticipantVisit
from app.web.pages import see_other

INSTRUMENT = "side_effects"


def path_of(public_id: str, number: int | str | None = None) -> str:
    return f"/today/check/{public_id}/{number}" if number else f"/today/check/{public_id}"


def telling_of(visit: ParticipantVisit) -> Telling:
    """Who answers, when, and how the answer came."""
    me, form = visit.me, visit.form
    return Telling(
        me.id, me.actor, visit.now, me.language, form.client_at, form.seconds, form.token
    )


def _made_by(visit: ParticipantVisit, earlier: Earlier, key: str) -> Stored | None:
    """The check-in that the earlier form told a page of; None for any other form."""
    if earlier.subject_id is None:
        return None
    stored = get_checkin(visit.session, visit.me.id, earlier.subject_id)
    known = stored is not None and stored.instrument.key == INSTRUMENT and key in stored.pages
    return stored if known else None


def again(visit: ParticipantVisit, earlier: Earlier, page: Page, here: str) -> Response:
    """A page that was sent twice leads where it led."""
    stored = _made_by(visit, earlier, page.key)
    if stored is None:
        return see_other(here)
    leads_to, outcome = onward(stored, page.key, stored.pages[page.key].answers, Outcome())
    return go_on(outcome, leads_to)


def both(
    visit: ParticipantVisit, earlier: Earlier, page: Page, answers: PageAnswers, here: str
) -> Response:
    """What came earlier under the token, and what came now.

    A token of another page or of another form leaves what was sent here as it is, to be asked.
    """
    tr, key = visit.tr, page.key
    sent = page_lines(page, answers, tr)
    stored = _made_by(visit, earlier, key)
    if stored is None:
        return show_conflict(visit.request, None, sent, visit.form, here)
    saved = page_lines(page, stored.pages[key].answers, tr)
    pages = pages_of(stored.instrument, stored.single)
    action = path_of(stored.public_id, number_of(pages, key))
    return show_conflict(visit.request, saved, sent, visit.form, action)


def onward(stored: Stored, key: str, answers: PageAnswers, outcome: Outcome) -> tuple[str, Outcome]:
    """The next open page, else all answers; and what the page calls for."""
    if is_emergency(answers):
        outcome = Outcome("emergency", ("EMG",))
    pages = pages_of(stored.instrument, stored.single)
    upcoming = next_open(pages, stored.pages, key) if stored.finished_at is None else None
    number = number_of(pages, upcoming) if upcoming else None
    return path_of(stored.public_id, number), outcome
