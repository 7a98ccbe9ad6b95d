"""Who may do what: the permissions of the staff, and the one table of which role has which.

Everybody else asks for a permission by its name: ``@for_staff(CAN_ENROL)`` at a door,
``me.may(CAN_ENROL)`` on a page, ``holders(CAN_ENROL)`` in a statement. No role is named anywhere
else, so a new one is a row of ``ROLES`` and a word in the table's CHECK. To whom somebody may do
it is another question, and ``scope`` answers it.
"""

from dataclasses import dataclass
from functools import cache

from app.i18n import N_


@dataclass(frozen=True, slots=True)
class Permission:
    """Something that some of the staff may do, or that falls to them."""

    what: str


SEES_OWN_CASELOAD = Permission("has those participants in scope whose counselor they are")
SEES_SITE = Permission("has every participant of the site in scope")
# Of participants in scope:
READS_RECORDS = Permission("reads who they are, the brief, sessions, and how far worksheets are")
HANDLES_ALERTS = Permission("reads alerts, takes them, adds notes, closes them")
HANDLES_TASKS = Permission("has whom to call on a list, says what came of it, hands it over")
OPENS_CONTACTS = Permission("opens the sealed name and number, each look on record")
MOVES_ZONES = Permission("says where a participant lives")
ENTERS_SPECIMENS = Permission("enters urine specimens, and why one is not there")
ENTERS_TOLD = Permission("enters what a participant tells by phone or in a visit")
PLANS_SESSIONS = Permission("plans, moves and cancels sessions, says who came")
HOLDS_SESSIONS = Permission("is a participant's counselor: the brief and shared sheets are theirs")
WRITES_NOTES = Permission("writes the note of a session, closes it, amends it")
READS_NOTE_TEXTS = Permission("reads the free text of notes")
ASSIGNS_SHEETS = Permission("asks for worksheets, and comments on what was shared")
READS_SHEETS = Permission("reads what stands on a shared worksheet")
READS_MESSAGES = Permission("reads which daily messages were shown")
READS_EVENTS = Permission("reads adverse events, of participants in scope or of the site")
READS_EVENT_WORDS = Permission("reads what was written about an adverse event, and its worksheet")
PROPOSES_EVENTS = Permission("promotes an answer or an alert to an adverse event to be judged")
ENTERS_EVENTS = Permission("enters an adverse event")
FOLLOWS_EVENTS = Permission("judges an adverse event, adds follow-ups, says what was reported")
CAN_ENROL = Permission("enrols a participant")
ENDS_PHONES = Permission("ends a participant's phone, so that no code opens it")
CAN_INVITE = Permission("prints an invitation")
PLANS_FIRST_DOSE = Permission("sets the day of the first dose")
SETS_HOLDS = Permission("sets a hold and lifts it")
RECORDS_LEAVING = Permission("puts on record that somebody took back consent, completed, was lost")
STOPS_PARTICIPANTS = Permission("ends a treatment, somebody's part, or the study at the site")
# Of the site:
SETS_CONSENT_TEXT = Permission("puts a text of consent in force")
READS_SITE_EVENTS = Permission("reads adverse events without having a participant in scope")
EXPORTS_EVENTS = Permission("takes the line listing of adverse events along")
READS_BOARD = Permission("reads the trial as a whole: pooled, by code, both arms together")
EXPORTS_DATA = Permission("takes the data of the site along, coded")
READS_FIGURES = Permission("reads the figures about alerts")
SIGNS_THRESHOLDS = Permission("compares thresholds, approves them, puts them in force")
LEADS_SITE = Permission("is told where nobody else can be")
RUNS_SITE = Permission("keeps the alert list and the telephone numbers, gets the daily mail")
READS_DELIVERY = Permission("reads what was mailed, and each attempt")
KEEPS_ACCOUNTS = Permission("invites colleagues, switches accounts off and on")
HAS_ACCOUNT = Permission("sets their own password, sees where they are signed in")
READS_TRAIL = Permission("reads the audit trail, and takes it along")
READS_TRAIL_VALUES = Permission("reads in the trail what was told about participants, coded")
READS_TRAIL_WORDS = Permission("reads in the trail what was written about participants")
REVIEWS_TRAIL = Permission("puts on record that the trail was reviewed")
SIGNS_OFF = Permission("signs off the record of a participant")
READS_LOCKS = Permission("reads which parts of the record are locked, and what came afterwards")
SETS_LOCKS = Permission("locks parts of the record, and lifts locks")
READS_MAILBOX = Permission("reads the mailbox of the demo")

_CARE = {
    READS_RECORDS,
    HANDLES_ALERTS,
    HANDLES_TASKS,
    OPENS_CONTACTS,
    MOVES_ZONES,
    ENDS_PHONES,
    ENTERS_SPECIMENS,
    RECORDS_LEAVING,
    READS_EVENTS,
    READS_EVENT_WORDS,
    PROPOSES_EVENTS,
}
_TRAIL = {READS_TRAIL, READS_TRAIL_VALUES, REVIEWS_TRAIL}


@dataclass(frozen=True, slots=True)
class Role:
    """``word``: as people are told it, to be translated."""

    word: str
    may: frozenset[Permission]

    @classmethod
    def of(cls, word: str, *may: Permission) -> "Role":
        return cls(word, frozenset({READS_MAILBOX, HAS_ACCOUNT, *may}))


ROLES = {
    "counselor": Role.of(
        N_("counselor"),
        *_CARE,
        SEES_OWN_CASELOAD,
        ENTERS_TOLD,
        PLANS_SESSIONS,
        HOLDS_SESSIONS,
        WRITES_NOTES,
        READS_NOTE_TEXTS,
        ASSIGNS_SHEETS,
        READS_SHEETS,
    ),
    "coordinator": Role.of(
        N_("coordinator"),
        *_CARE,
        SEES_SITE,
        ENTERS_TOLD,
        PLANS_SESSIONS,
        CAN_ENROL,
        ENTERS_EVENTS,
        FOLLOWS_EVENTS,
        CAN_INVITE,
        PLANS_FIRST_DOSE,
        READS_BOARD,
        READS_FIGURES,
        LEADS_SITE,
        READS_DELIVERY,
        READS_LOCKS,
    ),
    "investigator": Role.of(
        N_("investigator"),
        *_CARE,
        SEES_SITE,
        READS_NOTE_TEXTS,
        READS_SHEETS,
        READS_MESSAGES,
        CAN_INVITE,
        PLANS_FIRST_DOSE,
        SETS_HOLDS,
        STOPS_PARTICIPANTS,
        SETS_CONSENT_TEXT,
        FOLLOWS_EVENTS,
        EXPORTS_DATA,
        EXPORTS_EVENTS,
        READS_BOARD,
        READS_FIGURES,
        SIGNS_THRESHOLDS,
        SIGNS_OFF,
        LEADS_SITE,
        READS_DELIVERY,
        READS_LOCKS,
        *_TRAIL,
        READS_TRAIL_WORDS,
    ),
    "monitor": Role.of(
        N_("monitor"),
        *_TRAIL,
        READS_TRAIL_WORDS,
        READS_BOARD,
        READS_EVENTS,
        READS_EVENT_WORDS,
        READS_SITE_EVENTS,
        READS_LOCKS,
    ),
    "data_manager": Role.of(
        N_("data manager"),
        *_TRAIL,
        READS_BOARD,
        READS_EVENTS,
        READS_SITE_EVENTS,
        EXPORTS_DATA,
        EXPORTS_EVENTS,
        READS_LOCKS,
        SETS_LOCKS,
    ),
    "admin": Role.of(N_("administrator"), RUNS_SITE, KEEPS_ACCOUNTS, READS_DELIVERY, READS_TRAIL),
}


def may(role: str, permission: Permission) -> bool:
    return permission in ROLES[role].may


@cache
def holders(*permissions: Permission) -> tuple[str, ...]:
    """The roles that have one of these at least, for a statement."""
    return tuple(name for name, role in ROLES.items() if role.may & set(permissions))
