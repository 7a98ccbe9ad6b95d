"""What staff enter for a participant: the same services, the same rules, marked as told."""

from datetime import date, datetime

from sqlmodel import Session

from app.checkins.service import Telling, submit_pages
from app.diary.service import About, record_dose, record_drinks, record_substances
from app.flags.service import Outcome
from app.instruments.definitions import Instrument
from app.instruments.scoring import PageAnswers
from app.interview.forms import DayTold
from app.sent.once import worst_of
from app.visit.identity import StaffMe
from app.visit.scope import ScopedParticipant


def record_day(
    session: Session, me: StaffMe, who: ScopedParticipant, day: date, told: DayTold, now: datetime
) -> Outcome:
    """Store the parts that were told; returns what the rules made of all of them."""
    about = About(who.id, who.timezone, day, me.actor, now, provenance=told.told, entered_by=me.id)
    outcomes = []
    if told.alcohol is not None:
        drinks = told.alcohol
        outcomes.append(
            record_drinks(
                session,
                about,
                drinks.items,
                best_guess=drinks.best_guess,
                last_drink_at=drinks.last,
            ).outcome
        )
    if told.uses is not None:
        outcomes.append(record_substances(session, about, told.uses).outcome)
    if told.tablet is not None:
        one = told.tablet
        outcomes.append(
            record_dose(session, about, taken=one.taken, at=one.at, reason=one.reason).outcome
        )
    return worst_of(outcomes)


def record_checkins(
    session: Session,
    me: StaffMe,
    who: ScopedParticipant,
    told: str,
    token: str,
    answers: list[tuple[Instrument, dict[str, PageAnswers]]],
    now: datetime,
) -> Outcome:
    """Store one check-in for each instrument of which anything was told."""
    outcomes = []
    for instrument, pages in answers:
        entry = Telling(
            who.id,
            me.actor,
            now,
            who.language,
            token=f"{token[:40]}-{instrument.key}" if token else "",
            provenance=told,
            entered_by=me.id,
        )
        outcomes.append(submit_pages(session, entry, instrument, pages).outcome)
    return worst_of(outcomes)
