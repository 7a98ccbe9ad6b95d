"""An answer that cannot wait, acted on although its form was refused, whatever else is wrong in it.

The gate asks here about every refused form of a participant: an error beside the answer, another
answer under the same token, a reason that is missing, a page that is gone, a fault of ours. What
can be read is stored and judged; if the rules call it an emergency it stands, and help comes
first, with the page behind it to be finished. The same answer sent again is acted on once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session
from starlette.responses import Response

from app.checkins import list_routes, urge_routes, week_routes
from app.checkins.asked import INSTRUMENT, NEW, AskedPage, asked_on, path_of, readable, telling_of
from app.checkins.flow import EMERGENCY_SIGNS, NOW, Stored
from app.checkins.mood import stored_since, submit_screen
from app.checkins.queries import find_just_finished, get_checkin
from app.checkins.service import Submitted, Telling, judge, start, store_page, submit_pages
from app.db import undone_unless
from app.instruments.definitions import Instrument
from app.instruments.loader import load_instrument
from app.instruments.scoring import PageAnswers
from app.protocol.in_force import protocol_of
from app.sent.once import arrived, remember, worst_of
from app.sent.stop import KIND, stop_page, told_by
from app.visit import held
from app.visit.identity import ParticipantMe
from app.visit.visits import ParticipantVisit, Visit
from app.web.errors import NotFound
from app.web.forms import Form

CHECKS = "/today/check/"
THOUGHTS = "self_harm_thoughts"
NOTHING = PageAnswers({}, (), "skipped", {})


@dataclass(frozen=True, slots=True)
class Said:
    """What a form says of each page of a check-in, and the check-in as it stands, if it does."""

    stored: Stored | None
    instrument: Instrument
    pages: Mapping[str, PageAnswers]

    def former(self, key: str) -> PageAnswers:
        """What stands on the page of ``key``."""
        found = self.stored.pages.get(key) if self.stored else None
        return found.answers if found else NOTHING


def act_first(visit: Visit) -> Response | None:
    """The help page if ``form`` said something that cannot wait; None where it did not."""
    path = visit.request.url.path
    if not isinstance(visit, ParticipantVisit):
        return None
    if path == week_routes.PATH:
        return _week(visit)
    if path.startswith(CHECKS):
        return _effects(visit)
    if path.startswith(list_routes.PATH):
        return _list(visit)
    if path.startswith(urge_routes.PATH):
        return _urges(visit, visit.form)
    return None


def _week(visit: ParticipantVisit) -> Response | None:
    """Thoughts of self-harm on the weekly page; its words wait for their correction."""
    instrument = load_instrument(week_routes.INSTRUMENT)
    answers = readable(instrument.pages[0], visit.form)
    if answers.ratings.get(THOUGHTS, 0) < visit.protocol.rules.sui.thoughts_urgent:
        return None
    named = _named(visit.form, {instrument.pages[0].key: answers})
    if not arrived(visit, KIND, week_routes.PATH, named):
        # Sent on from the help page, it is corrected now; told again later, it is told anew.
        since = visit.now - visit.protocol.checkin_closing
        if stored_since(visit.session, visit.me.id, answers.ratings, since):
            return None
        telling = _telling(visit)
        row_id, _ = submit_screen(visit.session, telling, instrument, replace(answers, texts={}))
        remember(visit, KIND, row_id, week_routes.PATH, named)
    held.keep_here(visit.session, visit.me.device_id, week_routes.PATH, visit.form, visit.now)
    return stop_page(visit.request, visit.form, week_routes.PATH, "self_harm")


def _effects(visit: ParticipantVisit) -> Response | None:
    asked = _page_of(visit.session, visit.me, visit.request.url.path, visit.form, visit.now)
    telling = replace(_telling(visit), layout=asked.layout)
    said = Said(asked.stored, asked.instrument, {asked.page.key: readable(asked.page, visit.form)})
    about = CHECKS + asked.page.key
    here = _acted(visit, telling, said, about, lambda name: path_of(name, asked.number))
    return stop_page(visit.request, visit.form, here, "emergency") if here else None


def _list(visit: ParticipantVisit) -> Response | None:
    """All side effects on one page: together they may be what no group is by itself."""
    public_id = visit.request.url.path.removeprefix(list_routes.PATH)
    try:
        stored = list_routes.stored_for(visit.session, visit.me, public_id, visit.now)
    except NotFound:
        stored = None
    instrument = stored.instrument if stored else load_instrument(INSTRUMENT)
    telling = replace(_telling(visit), layout="list")
    said = Said(
        stored, instrument, {one.key: readable(one, visit.form) for one in instrument.pages}
    )
    here = _acted(visit, telling, said, list_routes.LIST, list_routes.path_of_list)
    return stop_page(visit.request, visit.form, here, "emergency") if here else None


def _acted(
    visit: ParticipantVisit,
    telling: Telling,
    said: Said,
    about: str,
    path_to: Callable[[str], str],
) -> str | None:
    """Where the rest waits for its correction, also if it was acted on before; None if not."""
    named = _named(visit.form, said.pages)
    earlier = arrived(visit, KIND, about, named)
    if earlier and earlier.subject_id is not None:
        checkin = get_checkin(visit.session, visit.me.id, earlier.subject_id)
    else:
        done = _stored(visit.session, telling, said)
        if done is None:
            return None
        checkin = done.checkin
        remember(visit, KIND, checkin.id, about, named)
    here = path_to(checkin.public_id)
    held.keep_here(visit.session, visit.me.device_id, here, visit.form, visit.now)
    return here


def _page_of(
    session: Session, me: ParticipantMe, path: str, form: Form, now: datetime
) -> AskedPage:
    """The page that the form is of; of a check-in that is gone, the same page of a new one."""
    public_id, _, place = path.removeprefix(CHECKS).partition("/")
    for name, where in ((public_id, place), (public_id, NOW), (NEW, place)):
        try:
            asked = asked_on(session, me, name, where, now)
        except NotFound:
            continue
        if asked.page.signs or "signs" not in form.fields:
            return asked
    return asked_on(session, me, NEW, NOW, now)


def _stored(session: Session, telling: Telling, said: Said) -> Submitted | None:
    """New danger signs alone, else all that is readable, if the rules call it an emergency.

    None if they do not, or if what is on record is one already.
    """
    whole: dict[str, PageAnswers] = {}
    for key, answers in said.pages.items():
        former = said.former(key)
        signs = tuple(sorted({*former.signs, *answers.signs}))
        if EMERGENCY_SIGNS.intersection(answers.signs) - set(former.signs):
            alone = PageAnswers(former.ratings, signs, "each", {})
            return _judged(session, telling, said, {key: alone})
        new = set(signs) > set(former.signs) or not (
            answers.ratings.items() <= former.ratings.items()
        )
        if new:
            ratings = {**former.ratings, **answers.ratings}
            whole[key] = PageAnswers(ratings, signs, "each", former.texts)
    if not whole:
        return None
    if said.stored and _worst_as_it_stands(session, telling, said.stored) == "emergency":
        return None
    with undone_unless(session) as stands:
        done = _judged(session, telling, said, whole)
        stands(done.outcome.worst == "emergency")
    return done if done.outcome.worst == "emergency" else None


def _judged(
    session: Session, telling: Telling, said: Said, pages: Mapping[str, PageAnswers]
) -> Submitted:
    """The pages as they are stored, and judged now, together."""
    stored, outcomes = said.stored, []
    for key, answers in pages.items():
        if stored is None:
            done = start(session, telling, said.instrument, key, answers)
        else:
            done = store_page(session, telling, stored, key, answers)
        stored = done.checkin
        outcomes.append(done.outcome)
    if stored is None:
        raise ValueError("nothing to be judged")
    if outcomes[-1].worst is None:
        finished = stored.finished_at is not None
        done = judge(session, stored, telling.actor, telling.now, finished)
        stored = done.checkin
        outcomes.append(done.outcome)
    return Submitted(stored, worst_of(outcomes))


def _worst_as_it_stands(session: Session, telling: Telling, stored: Stored) -> str | None:
    with undone_unless(session):
        return judge(session, stored, telling.actor, telling.now, False).outcome.worst


def _urges(visit: ParticipantVisit, form: Form) -> Response | None:
    """Urges are one group of the reaction, and may be what makes it an emergency.

    A former answer that is changed stays one of its own time.
    """
    path = visit.request.url.path
    try:
        stored = (
            None
            if path == urge_routes.PATH
            else urge_routes.own_urges(visit.session, visit.me, path, visit.now)
        )
    except NotFound:
        return None
    instrument = stored.instrument if stored else load_instrument(urge_routes.INSTRUMENT)
    asked, telling = instrument.pages[0], _telling(visit)
    said = Said(stored, instrument, {asked.key: replace(readable(asked, form), texts={})})
    named = _named(form, said.pages)
    earlier = arrived(visit, KIND, path, named)
    if earlier and earlier.subject_id is not None:
        checkin = get_checkin(visit.session, visit.me.id, earlier.subject_id)
    else:
        done = _by_urges(visit.session, telling, said)
        if done is None:
            return None
        checkin = done.checkin
        remember(visit, KIND, checkin.id, path, named)
    here = urge_routes.path_of_urges(checkin.public_id)
    # It is on record now: what is sent again corrects it, and is not another one.
    rest = {name: sent for name, sent in form.fields.items() if name != urge_routes.ANOTHER}
    form = replace(form, fields=rest)
    held.keep_here(visit.session, visit.me.device_id, here, form, visit.now)
    return stop_page(visit.request, form, here, "emergency")


def _by_urges(session: Session, telling: Telling, said: Said) -> Submitted | None:
    """Stored if the urges make an emergency of what is none without them, and are new."""
    ((key, answers),) = said.pages.items()
    before = said.stored
    if before is None:
        plan = protocol_of(session, telling.participant_id, telling.now)
        since = telling.now - plan.checkin_closing
        before = find_just_finished(session, telling.participant_id, said.instrument.key, since)
    known = replace(said, stored=before).former(key).ratings
    if answers.ratings.items() <= known.items():
        return None
    whole = replace(answers, ratings={**said.former(key).ratings, **answers.ratings})
    done = None
    for tried in (_with_none(whole), whole):
        with undone_unless(session) as stands:
            if said.stored:
                done = store_page(session, telling, said.stored, key, tried)
            else:
                done = submit_pages(session, telling, said.instrument, {key: tried})
            if (done.outcome.worst == "emergency") != (tried is whole):
                return None
            stands(tried is whole)
    return done


def _with_none(answers: PageAnswers) -> PageAnswers:
    """The same without any urge: what is an emergency without them is none by them."""
    return replace(answers, ratings=dict.fromkeys(answers.ratings, 0.0))


def _telling(visit: ParticipantVisit) -> Telling:
    """Under no token of its own: the page that is corrected has that."""
    return replace(telling_of(visit), token="")


def _named(form: Form, pages: Mapping[str, PageAnswers]) -> Form:
    said: list[str] = []
    for answers in pages.values():
        said += [*sorted(answers.signs), *map(str, sorted(answers.ratings.items()))]
    return told_by(form, said)
