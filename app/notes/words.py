"""The codes of a session note and their words: topics, the plan, what was asked about risk."""

from collections.abc import Mapping

from app.appointments import words
from app.i18n import N_, Translator
from app.instruments.worksheets.loader import all_sheets, sheet_by_number
from app.protocol.model import Protocol

ATTENDANCE = {
    "attended": N_("Came on time"),
    "late": N_("Came late"),
    "no_show": N_("Did not come"),
}
# Besides the focus of each week of the plan, whose codes are week_1 to week_24.
TOPICS = {
    "safety": N_("Safety and warning signs"),
    "side_effects": N_("Side effects"),
    "tablet": N_("Taking the tablet"),
    "alcohol": N_("Alcohol since the last session"),
    "opioids": N_("Opioids since the last session"),
    "urges": N_("Urges"),
    "mood_sleep": N_("Mood and sleep"),
    "people": N_("Family and people close by"),
    "daily_life": N_("Work, housing, money, legal matters"),
    "study": N_("Questions about the study"),
}
PLAN = {
    "diary": N_("Go on with the diary every day"),
    "tablet": N_("Take the tablet every day as agreed"),
    "step": N_("Try the step that was agreed on"),
    "coping_plan": N_("Keep the emergency plan at hand"),
    "person": N_("Talk to somebody they trust"),
    "call_clinic": N_("Call the clinic if side effects appear or get worse"),
    "physician": N_("The study physician is told before the next tablet"),
    "sooner": N_("A call or a visit before the next session"),
}
RISKS = {
    "self_harm": N_("Thoughts of self-harm"),
    "overdose": N_("Risk of overdose"),
    "opioid_return": N_("Return to opioids"),
    "withdrawal": N_("Withdrawal-like effects"),
}
ANSWERS = {
    "asked": N_("Asked, no concern"),
    "asked_concern": N_("Asked, a concern"),
    "not_asked": N_("Not asked"),
}
# What closing a note means, as codes of a signature.
HELD, NOT_HELD, TAKEN_OVER, AMENDED = "held", "not_held", "taken_over", "amended"
# What the team can do next for somebody who did not come and agreed on nothing.
WITHOUT_THEM = ("physician", "sooner")
SHEET = "sheet:"
# Both modules of names stand behind the same parts of a page.
day_at = words.day_at
on_wall = words.on_wall


def labelled(named: Mapping[str, str], tr: Translator) -> list[tuple[str, str]]:
    """(code, words) in the reader's language."""
    return [(code, tr(text)) for code, text in named.items()]


def meaning(attendance: str | None, *, taken_over: bool = False, amends: bool = False) -> str:
    """What a signature means; whoever held the session alone says that they held it."""
    if amends:
        return AMENDED
    if taken_over:
        return TAKEN_OVER
    return NOT_HELD if attendance == "no_show" else HELD


def topic_codes(plan: Protocol) -> set[str]:
    return {*TOPICS, *(f"week_{one.week}" for one in plan.sessions)}


def sheet_keys() -> set[str]:
    return {sheet.key for sheet in all_sheets()}


def plan_codes() -> set[str]:
    return {*PLAN, *(SHEET + key for key in sheet_keys())}


def week_topics(plan: Protocol, tr: Translator) -> list[tuple[str, str]]:
    """(code, words) of the focus of every week of the plan."""
    return [
        (
            f"week_{one.week}",
            tr("Week %(week)s: %(focus)s", week=one.week, focus=one.focus.in_(tr.lang)),
        )
        for one in plan.sessions
    ]


def topic_words(plan: Protocol, tr: Translator) -> dict[str, str]:
    return {code: tr(text) for code, text in TOPICS.items()} | dict(week_topics(plan, tr))


def sheet_words(tr: Translator) -> dict[str, str]:
    return {sheet.key: sheet.title.say(tr.lang) for sheet in all_sheets()}


def plan_words(tr: Translator) -> dict[str, str]:
    sheets = {
        SHEET + key: tr("Worksheet: %(name)s", name=name) for key, name in sheet_words(tr).items()
    }
    return {code: tr(text) for code, text in PLAN.items()} | sheets


def sheets_of_week(plan: Protocol, week: int) -> list[str]:
    """Keys of the sheets that the plan names for a week; none outside of the plan."""
    numbers = next((one.sheets for one in plan.sessions if one.week == week), ())
    return [sheet_by_number(number).key for number in numbers]


def near_plan(plan: Protocol, week: int) -> list[str]:
    """What may be agreed on first: the fixed steps, and the sheets of this week and the next."""
    sheets = dict.fromkeys([*sheets_of_week(plan, week), *sheets_of_week(plan, week + 1)])
    return [*PLAN, *(SHEET + key for key in sheets)]
