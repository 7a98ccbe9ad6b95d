"""The Today page: what is open, what is answered, and the last seven days. Pure."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.clock import local_day
from app.diary.days import Window
from app.diary.entries import CheckinLine, DoseEntry, DrinksEntry, OthersEntry
from app.diary.queries import NextSession, TodayRecord
from app.i18n import Translator
from app.protocol.study_time import asked_from
from app.timeline.days import ONE_DAY

# Seconds that each open task takes, from timed walks through the pages.
SECONDS = {"tablet": 5, "alcohol": 20, "others": 10, "urges": 15, "effects": 60, "week": 40}
DAYS_SHOWN = 7


@dataclass(frozen=True, slots=True)
class DayMark:
    """One of the last seven days; ``says`` is the mark in words."""

    label: str
    kind: str
    number: str
    says: str
    today: bool


@dataclass(frozen=True, slots=True)
class TodayView:
    """``tablet``: none (before the first dose), held (paused by a physician),
    over (the treatment has ended), call, open or done.

    ``call``: the participant should talk to the study team before the next tablet. ``asked``:
    whom an alert that is not closed asks to call, without what ``call`` says already.
    """

    day: date
    yesterday: date
    tablet: str
    call: bool
    asked: tuple[str, ...]
    doses: tuple[DoseEntry, ...]
    alcohol: DrinksEntry | None
    others: OthersEntry | None
    urges: tuple[CheckinLine, ...]
    effects: CheckinLine | None
    mood_on: date | None
    """when this week's page about mood was sent"""
    week: tuple[DayMark, ...]
    blanks: tuple[date, ...]
    """days to fill in, but yesterday, which has a question of its own"""
    blank_words: str
    session: NextSession | None
    suggested: bool
    commented: bool
    open_tasks: int
    minutes: int


def build_today(
    record: TodayRecord,
    window: Window,
    first_dose_on: date | None,
    tr: Translator,
) -> TodayView:
    yesterday = window.yesterday
    drinks, others = record.drinks.get(yesterday), record.others.get(yesterday)
    urges = record.checkins.get("urges", ())
    effects = next(reversed(record.checkins.get("side_effects", ())), None)
    tablet = _tablet(record, window.today, first_dose_on)
    waiting = {
        "tablet": tablet == "open",
        "alcohol": drinks is None,
        "others": others is None,
        "urges": not urges,
        "effects": effects is None or effects.finished_at is None,
        "week": record.mood_on is None,
    }
    seconds = sum(SECONDS[task] for task, is_open in waiting.items() if is_open)
    # One card asks about alcohol and about everything else.
    count = sum(waiting.values()) - (waiting["alcohol"] and waiting["others"])
    since = asked_from(record.enrolled_on, first_dose_on)
    week = _week(record, window.today, since, tr)
    # The card above asks about yesterday by itself.
    blanks = blank_days(record.drinks, window, since, yesterday - ONE_DAY)
    return TodayView(
        day=window.today,
        yesterday=yesterday,
        tablet=tablet,
        call=record.call,
        asked=_asked(record),
        doses=record.doses,
        alcohol=drinks,
        others=others,
        urges=urges,
        effects=effects,
        mood_on=record.mood_on,
        week=week,
        blanks=blanks,
        blank_words=_blank_words(week, blanks, window.today, tr),
        session=record.session,
        suggested=record.suggested,
        commented=record.commented,
        open_tasks=count,
        minutes=max(1, round(seconds / 60)),
    )


def _asked(record: TodayRecord) -> tuple[str, ...]:
    """Nobody is sent to the clinic twice, nor there before the ambulance."""
    said = record.call or "emergency" in record.asked
    return tuple(whom for whom in record.asked if not (whom == "clinic" and said))


def _tablet(record: TodayRecord, today: date, first_dose_on: date | None) -> str:
    if record.doses:
        return "done"
    if first_dose_on is None or today < first_dose_on:
        return "none"
    if record.held:
        return "over" if record.held == "over" else "held"
    return "call" if record.call else "open"


def blank_days(
    drinks: Container[date], window: Window, since: date, last: date
) -> tuple[date, ...]:
    """The days up to ``last`` that nobody has filled in yet and that still can be, newest first."""
    first = max(window.first, since)
    days = (last - timedelta(days=back) for back in range((last - first).days + 1))
    return tuple(day for day in days if day not in drinks)


def _blank_words(
    week: tuple[DayMark, ...], blanks: tuple[date, ...], today: date, tr: Translator
) -> str:
    """What is said beside the marks: as many blank days as there are marks of them.

    Empty where nothing is left to fill in. Days before the seven are counted apart.
    """
    if not blanks:
        return ""
    marked = sum(1 for mark in week if mark.kind == "blank")
    earlier = sum(1 for day in blanks if (today - day).days >= DAYS_SHOWN)
    if marked + earlier == 1:
        form = "EEEE, d MMMM" if earlier else "EEEE"
        return tr("%(day)s is blank. A guess is fine.", day=tr.day(blanks[0], form))
    said = []
    if marked:
        said.append(
            tr.n("%(num)s of these days is blank.", "%(num)s of these days are blank.", marked)
        )
    if earlier:
        said.append(
            tr.n("Blank before them: %(num)s day.", "Blank before them: %(num)s days.", earlier)
        )
    return " ".join([*said, tr("A guess is fine.")])


def _week(record: TodayRecord, today: date, since: date, tr: Translator) -> tuple[DayMark, ...]:
    days = [today - timedelta(days=back) for back in reversed(range(DAYS_SHOWN))]
    return tuple(_mark(day, record, today, since, tr) for day in days)


def _mark(day: date, record: TodayRecord, today: date, since: date, tr: Translator) -> DayMark:
    kind, number, words = _look(day, record, today, since, tr)
    says = f"{tr.day(day, 'EEEE')}: {words}"
    return DayMark(tr.day(day, "EEE"), kind, number, says, day == today)


def _look(
    day: date, record: TodayRecord, today: date, since: date, tr: Translator
) -> tuple[str, str, str]:
    """Kind of mark, the number in it, and the words for who does not see it."""
    entry = record.drinks.get(day)
    if day == today:
        return "", str(day.day), tr("today")
    if entry is None and day < since:
        return "", "", tr("before the study")
    if entry is None:
        return "blank", "", tr("not filled in")
    if entry.free:
        return "none", "", tr("no alcohol")
    return "some", short(entry.count), drinks_words(entry.count, tr)


def short(count: float) -> str:
    """A number of drinks that fits the disc: whole, but never rounded to nothing."""
    return str(max(1, round(count)))


def drinks_words(count: float, tr: Translator) -> str:
    """«5 drinks»; fractions take the plural of fractions."""
    if count == int(count):
        return tr.n("%(num)s drink", "%(num)s drinks", int(count))
    return tr("%(amount)s drinks", amount=tr.number(count, 2))


def saved_when(moment: datetime, today: date, zone: str, tr: Translator) -> str:
    """«saved at 09:26» of today, «saved 22 Nov, 23:10» of another day."""
    if local_day(moment, zone) == today:
        return tr("saved at %(time)s", time=tr.time(moment, zone))
    return tr("saved %(moment)s", moment=tr.moment(moment, zone))
