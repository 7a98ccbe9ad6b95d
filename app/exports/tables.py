"""The tables of an export: which columns each has, and how its rows are made. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from app.clock import former_zones, zone
from app.exports import words
from app.exports.model import Adverse, Column, Ending, Person, Row, Table, Words
from app.i18n import N_
from app.instruments.vocabulary import CHECKIN_ITEMS, SCREEN_ITEMS, SIGNS
from app.models.adverse import SERIOUS
from app.timeline.days import local, local_day
from app.timeline.events import (
    Checkin,
    ConsentWithdrawn,
    Dose,
    Drinks,
    Event,
    Screen,
    Session,
    Substances,
    Urinalysis,
    Void,
)
from app.timeline.holds import Hold
from app.timeline.json_fields import TESTED
from app.timeline.measures import grams, grams_of

CODE = Column("participant", "string", N_("Participant"), required=True)
ENTRY = Column("entry", "string", N_("Entry it belongs to"), required=True)
PLACE = Column("n", "integer", N_("Place in the entry"), required=True)


def _yes(name: str, title: Words, *, required: bool = False) -> Column:
    return Column(name, "boolean", title, words.YES_NO, required=required)


def _told(when: Column) -> tuple[Column, ...]:
    """With what the row of every entry begins."""
    return (
        CODE,
        Column("id", "string", N_("Entry"), required=True),
        when,
        Column("received_at", "datetime", N_("Received by the server"), required=True),
        Column("replaces", "string", N_("Entry that this one replaces")),
        _yes("void", N_("Takes the replaced entry back"), required=True),
        _yes("counts", N_("Counts: neither replaced nor taken back"), required=True),
        Column("provenance", "string", N_("How it was told"), words.PROVENANCES),
    )


DAY = Column("day", "date", N_("Day it is about, where the participant lives"), required=True)
AT = Column("at", "datetime", N_("Moment it is about"), required=True)


def _clock(person: Person) -> Callable[[datetime], datetime]:
    """What puts a moment on the participant's own wall."""
    if former_zones(person.timezone):
        return lambda moment: local(moment, person.timezone)
    wall = zone(person.timezone)
    return lambda moment: moment.astimezone(wall)


def _entries(
    person: Person, events: Sequence[Event], when: str, own: Callable[[Any, Any], Row], width: int
) -> Iterator[Row]:
    clock, nothing = _clock(person), (None,) * width
    gone = {event.replaces for event in events}
    for event in events:
        void = isinstance(event, Void)
        about: Any = getattr(event, when)
        yield (
            person.code,
            event.id,
            about if when == "day" else clock(about),
            clock(event.received_at),
            event.replaces,
            int(void),
            int(not void and event.id not in gone),
            event.provenance,
            *(nothing if void else own(event, clock)),
        )


def _of_days(width: int, own: Callable[[Any, Any], Row]) -> Any:
    return lambda person, events: _entries(person, events, "day", own, width)


def _of_moments(width: int, own: Callable[[Any, Any], Row]) -> Any:
    return lambda person, events: _entries(person, events, "at", own, width)


def _when(clock: Any, moment: datetime | None) -> datetime | None:
    return None if moment is None else clock(moment)


def _table(
    name: str,
    title: Words,
    reads: str,
    begins: tuple[Column, ...],
    own: tuple[Column, ...],
    of: Callable[[int, Callable[[Any, Any], Row]], Any],
    row: Callable[[Any, Any], Row],
) -> Table:
    return Table(name, title, reads, begins + own, of(len(own), row))


# participants ------------------------------------------------------------------------------


def _participant(person: Person, _nothing: Sequence[Any]) -> Iterable[Row]:
    former = former_zones(person.timezone)
    moves = ">".join([f"{name}>{local(until, name).isoformat()}" for name, until in former])
    yield (
        person.code,
        person.sex,
        str(person.timezone),
        moves or None,
        local_day(person.enrolled_at, person.timezone),
        person.first_dose_on,
        local(person.until, person.timezone),
    )


PARTICIPANTS = Table(
    "participants",
    N_("Participants"),
    "people",
    (
        CODE,
        Column("sex", "string", N_("Sex"), words.SEXES),
        Column("timezone", "string", N_("Time zone"), required=True),
        Column("former_zones", "string", N_("Time zones before, each with its last moment")),
        Column("enrolled_on", "date", N_("Day of enrolment"), required=True),
        Column("first_dose_on", "date", N_("Planned day of the first dose")),
        Column("known_until", "datetime", N_("What arrived later is left out"), required=True),
    ),
    _participant,
    ("participant",),
)

# what participants tell ----------------------------------------------------------------------


def _dose(event: Dose, clock: Any) -> Row:
    taken, at = int(event.taken), _when(clock, event.at)
    return taken, at, event.mg, event.reason, int(event.hold)


DOSES = _table(
    "doses",
    N_("Tablets"),
    "doses",
    _told(DAY),
    (
        _yes("taken", N_("Taken")),
        Column("at", "datetime", N_("When it was taken, if that was told")),
        Column("mg", "number", N_("Milligrams, where not as the protocol says"), low=0, high=1000),
        Column("reason", "string", N_("Why it was not taken"), words.REASONS),
        _yes("hold", N_("Not taken on the physician’s advice")),
    ),
    _of_days,
    _dose,
)


def _drink_day(event: Drinks, clock: Any) -> Row:
    unknown = event.amount == "unknown"
    found = grams_of(event.items)
    last = _when(clock, event.last_drink_at)
    return int(found > 0 or unknown), None if unknown else found, event.amount, last


DRINK_DAYS = _table(
    "drink_days",
    N_("Alcohol, by day"),
    "drinks",
    _told(DAY),
    (
        _yes("drank", N_("Any alcohol")),
        Column("grams", "number", N_("Grams of pure alcohol"), low=0),
        Column("amount", "string", N_("What is known of the amount"), words.AMOUNTS),
        Column("last_drink_at", "datetime", N_("Last drink, if its time was told")),
    ),
    _of_days,
    _drink_day,
)


def _drinks(person: Person, events: Sequence[Event]) -> Iterator[Row]:
    for event in events:
        if isinstance(event, Drinks):
            for n, one in enumerate(event.items, 1):
                amount = round(grams(one.ml, one.abv, one.count), 6)
                yield (
                    person.code, event.id, n, one.beverage, one.ml, one.abv, one.count, amount
                )  # fmt: skip


DRINKS = Table(
    "drinks",
    N_("Drinks of each entry about alcohol"),
    "drinks",
    (
        CODE,
        ENTRY,
        PLACE,
        # A site may have kinds of its own, so that these are not all that there can be.
        Column("beverage", "string", N_("Kind of drink")),
        Column("ml", "number", N_("Millilitres in one"), low=1, high=5000, required=True),
        Column("abv", "number", N_("Percent alcohol by volume"), low=0, high=100, required=True),
        Column("count", "number", N_("How many"), low=0, high=100, required=True),
        Column("grams", "number", N_("Grams of pure alcohol"), low=0, required=True),
    ),
    _drinks,
    ("entry", "n"),
)

SUBSTANCE_DAYS = _table(
    "substance_days",
    N_("Other substances, by day"),
    "substances",
    _told(DAY),
    (_yes("used", N_("Any use")),),
    _of_days,
    lambda event, clock: (int(bool(event.items)),),
)


def _uses(person: Person, events: Sequence[Event]) -> Iterator[Row]:
    clock = _clock(person)
    for event in events:
        if isinstance(event, Substances):
            for n, one in enumerate(event.items, 1):
                at = _when(clock, one.at)
                yield person.code, event.id, n, one.substance, at, one.route


USES = Table(
    "uses",
    N_("Uses of each entry about other substances"),
    "substances",
    (
        CODE,
        ENTRY,
        PLACE,
        Column("substance", "string", N_("Substance"), words.USED, required=True),
        Column("at", "datetime", N_("When, if that was told")),
        Column("route", "string", N_("How it was taken"), words.ROUTE),
    ),
    _uses,
    ("entry", "n"),
)


def _checkin(event: Checkin, clock: Any) -> Row:
    ratings, signs = event.ratings, event.signs
    return (
        event.instrument,
        event.method,
        *map(ratings.get, CHECKIN_ITEMS),
        *[int(sign in signs) for sign in SIGNS],
    )


CHECKINS = _table(
    "checkins",
    N_("Check-ins: urges, side effects, danger signs"),
    "checkins",
    _told(AT),
    (
        Column("instrument", "string", N_("What was asked"), required=False),
        Column("method", "string", N_("Screens that asked, where not page by page"), words.METHODS),
        *[
            Column(name, "number", words.item(name), low=span.low, high=span.high)
            for name, span in CHECKIN_ITEMS.items()
        ],
        *[_yes(f"sign_{name}", words.sign(name)) for name in SIGNS],
    ),
    _of_moments,
    _checkin,
)


def _screen(event: Screen, clock: Any) -> Row:
    return event.instrument, *map(event.ratings.get, SCREEN_ITEMS)


SCREENS = _table(
    "screens",
    N_("Screens for thoughts of self-harm"),
    "screens",
    _told(AT),
    (
        Column("instrument", "string", N_("What was asked")),
        *[
            Column(name, "number", words.SCREENS[name], low=span.low, high=span.high)
            for name, span in SCREEN_ITEMS.items()
        ],
    ),
    _of_moments,
    _screen,
)

# what the trial team records ------------------------------------------------------------------


def _specimen(event: Urinalysis, clock: Any) -> Row:
    return tuple(map(event.results.get, TESTED))


SPECIMENS = _table(
    "specimens",
    N_("Urine tests"),
    "specimens",
    _told(AT),
    tuple(Column(code, "string", words.TESTS[code], words.RESULTS) for code in TESTED),
    _of_moments,
    _specimen,
)


def _due(person: Person, found: Sequence[Any]) -> Iterator[Row]:
    for one in found:
        yield person.code, one.id, one.day, one.panel, one.reason


SPECIMENS_DUE = Table(
    "specimens_due",
    N_("Urine tests that the protocol asked for"),
    "due",
    (
        CODE,
        Column("id", "string", N_("Entry"), required=True),
        Column("day", "date", N_("Last day of the week in which it was due"), required=True),
        Column("panel", "string", N_("What is tested for"), required=True),
        Column("reason", "string", N_("Why there is none, as far as known"), words.NOT_GIVEN),
    ),
    _due,
    ("participant", "id"),
)


def _plain(prefix: str, *moments: int) -> Callable[[Person, Sequence[Any]], Iterator[Row]]:
    """Rows as they were read: the number of the entry, then values; some of them ``moments``."""

    def rows(person: Person, found: Sequence[Any]) -> Iterator[Row]:
        clock = _clock(person)
        for number, *values in found:
            for n in moments:
                values[n] = _when(clock, values[n])
            yield person.code, f"{prefix}-{number}", *values

    return rows


HANDLING = Table(
    "specimen_handling",
    N_("How urine tests were handled"),
    "handling",
    (
        CODE,
        ENTRY,
        Column("read_at", "datetime", N_("Read"), required=True),
        Column("celsius", "number", N_("Temperature, °C")),
        Column("unusable", "string", N_("Why it says nothing"), words.UNUSABLE),
    ),
    _plain("urinalysis", 0),
    ("entry",),
)

GUESSES = Table(
    "best_guesses",
    N_("Entries about alcohol that the participant called a guess"),
    "guesses",
    (CODE, ENTRY),
    _plain("drinks"),
    ("entry",),
)


def _asked(person: Person, found: Sequence[Any]) -> Iterator[Row]:
    clock = _clock(person)
    for begun, number, instrument, version, language, finished in found:
        times = clock(begun), _when(clock, finished)
        yield person.code, f"checkin-{number}", *times, instrument, version, language


ASKED = Table(
    "questionnaires",
    N_("Which version of the questions was asked"),
    "asked",
    (
        CODE,
        Column("checkin", "string", N_("Check-in it belongs to"), required=True),
        Column("begun_at", "datetime", N_("Begun"), required=True),
        Column("finished_at", "datetime", N_("Finished")),
        Column("instrument", "string", N_("What was asked"), required=True),
        Column("version", "integer", N_("Version"), low=1, required=True),
        Column("language", "string", N_("Language"), required=True),
    ),
    _asked,
    ("checkin",),
)

APPOINTMENTS = Table(
    "appointments",
    N_("Sessions as they are planned"),
    "appointments",
    (
        CODE,
        ENTRY,
        Column("at", "datetime", N_("Planned for"), required=True),
        Column("week", "integer", N_("Study week"), low=0),
        Column("place", "string", N_("Place")),
        Column("cancelled_at", "datetime", N_("Cancelled")),
    ),
    _plain("session", 0, 3),
    ("entry",),
)


def _alerts(person: Person, found: Sequence[Any]) -> Iterator[Row]:
    clock = _clock(person)
    for raised, reference, family, rule, severity, taken, closed, outcome, version in found:
        times = clock(raised), _when(clock, taken), _when(clock, closed)
        yield person.code, reference, family, rule, severity, *times, outcome, version


ALERTS = Table(
    "alerts",
    N_("Alerts"),
    "alerts",
    (
        CODE,
        Column("reference", "string", N_("Reference"), required=True),
        Column("family", "string", N_("Family of rules"), required=True),
        Column("rule", "string", N_("Rule"), required=True),
        Column("severity", "string", N_("How soon"), required=True),
        Column("raised_at", "datetime", N_("Raised"), required=True),
        Column("acknowledged_at", "datetime", N_("Acknowledged")),
        Column("resolved_at", "datetime", N_("Resolved")),
        Column("outcome", "string", N_("What came of it")),
        Column("protocol_version", "string", N_("Version of the protocol")),
    ),
    _alerts,
    ("reference",),
)


def _session(event: Session, clock: Any) -> Row:
    return event.week, int(event.attended)


SESSIONS = _table(
    "sessions",
    N_("Sessions with the counselor"),
    "sessions",
    _told(AT),
    (
        Column("week", "integer", N_("Study week"), low=0),
        _yes("attended", N_("Came")),
    ),
    _of_moments,
    _session,
)


def _withdrawal(event: ConsentWithdrawn, clock: Any) -> Row:
    return (event.scope,)


WITHDRAWALS = _table(
    "withdrawals",
    N_("Consent taken back"),
    "withdrawals",
    _told(AT),
    (Column("scope", "string", N_("Scope"), words.SCOPE),),
    _of_moments,
    _withdrawal,
)


def _endings(person: Person, found: Sequence[Ending]) -> Iterator[Row]:
    clock = _clock(person)
    for one in found:
        received = clock(one.received_at)
        yield person.code, f"end-{one.id}", one.on_day, received, one.kind, one.scope


ENDINGS = Table(
    "endings",
    N_("How treatments and parts in the study ended"),
    "endings",
    (
        CODE,
        Column("id", "string", N_("Entry"), required=True),
        Column("on_day", "date", N_("Day of the end"), required=True),
        Column("received_at", "datetime", N_("Received by the server"), required=True),
        Column("kind", "string", N_("How it ended"), words.LEAVING, required=True),
        Column("scope", "string", N_("Scope"), words.SCOPE, required=True),
    ),
    _endings,
)


def _holds(person: Person, found: Sequence[Hold]) -> Iterator[Row]:
    clock = _clock(person)
    for one in found:
        lifted = _when(clock, one.lifted_at)
        yield person.code, one.first, one.until, clock(one.set_at), lifted


HOLDS = Table(
    "holds",
    N_("Days without a tablet, by the physician’s word"),
    "holds",
    (
        CODE,
        Column("first_day", "date", N_("First day"), required=True),
        Column("last_day", "date", N_("Last day")),
        Column("set_at", "datetime", N_("Set"), required=True),
        Column("lifted_at", "datetime", N_("Lifted")),
    ),
    _holds,
    ("participant", "set_at", "first_day"),
)

_JUDGED = ("causality", "expected", "dechallenge", "rechallenge", "action", "outcome")


def _adverse(person: Person, found: Sequence[Adverse]) -> Iterator[Row]:
    clock = _clock(person)
    for one in found:
        told: Mapping[str, Any] = one.values
        serious = told["serious"] or ()
        yield (
            person.code,
            one.number,
            one.version,
            clock(one.at),
            one.item,
            told["verdict"],
            told["began_on"],
            told["ended_on"],
            told["grade"],
            told["scale"],
            *[int(each in serious) for each in SERIOUS],
            *[told[each] for each in _JUDGED],
            _when(clock, told["aware_at"]),
            told["code"] or None,
            told["dictionary"] or None,
        )


_JUDGED_TITLES: Mapping[str, Words] = {
    "causality": N_("Causality (WHO-UMC)"),
    "expected": N_("Expectedness"),
    "dechallenge": N_("Without the drug"),
    "rechallenge": N_("With the drug again"),
    "action": N_("Action with the drug"),
    "outcome": N_("Outcome"),
}

ADVERSE_EVENTS = Table(
    "adverse_events",
    N_("Adverse events, as they were judged last"),
    "adverse",
    (
        CODE,
        Column("number", "integer", N_("Number"), low=1, required=True),
        Column("version", "integer", N_("Version"), low=1, required=True),
        Column("written_at", "datetime", N_("Written"), required=True),
        Column("item", "string", N_("Answer it came from")),
        Column("verdict", "string", N_("Judged as"), words.VERDICTS, required=True),
        Column("began_on", "date", N_("Began")),
        Column("ended_on", "date", N_("Ended")),
        Column("grade", "integer", N_("Grade"), words.GRADES),
        Column("scale", "string", N_("Scale of the grade")),
        *[_yes(f"serious_{name}", words.SERIOUS[name], required=True) for name in SERIOUS],
        *[
            Column(name, "string", title, words.ADVERSE[name])
            for name, title in _JUDGED_TITLES.items()
        ],
        Column("aware_at", "datetime", N_("Site aware")),
        Column("code", "string", N_("Code")),
        Column("dictionary", "string", N_("Dictionary")),
    ),
    _adverse,
    ("participant", "number"),
)

TABLES = (
    PARTICIPANTS,
    DOSES,
    DRINK_DAYS,
    DRINKS,
    GUESSES,
    SUBSTANCE_DAYS,
    USES,
    CHECKINS,
    ASKED,
    SCREENS,
    SPECIMENS,
    SPECIMENS_DUE,
    HANDLING,
    SESSIONS,
    APPOINTMENTS,
    WITHDRAWALS,
    ENDINGS,
    HOLDS,
    ADVERSE_EVENTS,
    ALERTS,
)
BY_NAME = {one.name: one for one in TABLES}
