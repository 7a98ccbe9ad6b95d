"""Tasks in words: why somebody is called, who made the task, what came of it. Pure."""

from app.i18n import N_, Translator

KINDS = {
    "quiet": N_("No entries"),
    "missed_visit": N_("Did not come to a session"),
    "unreachable": N_("No phone is connected"),
    "call_me": N_("Asked for a call"),
    "safety_call": N_("Safety call after leaving"),
    "boundary": N_("A stopping line was crossed"),
}
# What the one who calls has to know first.
WHY = {
    "quiet": N_("Nothing was told for days. Silence says nothing about use: ask how they are."),
    "missed_visit": N_("A session went by without them. Ask how they are, and plan another."),
    "unreachable": N_(
        "Nothing reaches them on a phone: no phone of theirs is connected, and no invitation waits."
    ),
    "call_me": N_("They asked on their phone to be called back."),
    "safety_call": N_(
        "They left the treatment or the study. Ask how they are, and speak of the risk of an "
        "overdose: opioids can be far stronger after a pause."
    ),
    "boundary": N_(
        "The figures crossed a line that the protocol set. An investigator looks at it."
    ),
}
OUTCOMES = {
    "reached": N_("Reached"),
    "not_reached": N_("Not reached, try again"),
    "wrong_number": N_("Wrong number, or it does not work"),
    "no_calls": N_("Does not want to be called"),
    "not_needed": N_("No call is needed"),
    "told_again": N_("Told something again by themselves"),
    "taken_back": N_("Taken back on the phone"),
}
# In the order of the form.
CHOICES = ("reached", "not_reached", "wrong_number", "no_calls", "not_needed")
RULES = {
    "worklist.quiet": N_("the rule about silence"),
    "worklist.missed": N_("the rule about sessions"),
    "worklist.unreachable": N_("the rule about phones"),
}


def maker(rule: str, name: str | None, tr: Translator) -> str:
    """By whom or by what a task was made."""
    if name:
        return name
    if rule:
        return tr(RULES[rule]) if rule in RULES else rule
    return tr("the participant")
