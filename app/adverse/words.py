"""The categories of adverse events in our own words; their meaning is that of their scales."""

from app.i18n import N_, Translator
from app.rules.wording import wording

GRADES = {
    1: N_("1: mild, or seen only in a test; nothing has to be done"),
    2: N_("2: moderate; gets in the way of housework, shopping or telephone calls"),
    3: N_("3: severe, but life is not in danger at once; needs hospital, or help with self-care"),
    4: N_("4: life is in danger; needs help at once"),
    5: N_("5: death"),
}
SERIOUS = {
    "death": N_("They died"),
    "life_threatening": N_("Their life was in danger at the time"),
    "hospital": N_("Taken into hospital, or kept there longer"),
    "disability": N_("A lasting or considerable disability"),
    "birth_defect": N_("A malformation of a child"),
    "important": N_("Otherwise important by medical judgement"),
}
CAUSALITY = {
    "certain": N_(
        "Certain: fits in time, nothing else explains it, plain once the drug was stopped"
    ),
    "probable": N_("Probable: fits in time, hardly explained otherwise, better without the drug"),
    "possible": N_("Possible: fits in time, and something else could explain it too"),
    "unlikely": N_("Unlikely: does not fit in time well, something else explains it"),
    "conditional": N_("Not classified yet: more data are needed, and are looked for"),
    "unassessable": N_("Cannot be judged: the data do not suffice and will not come"),
}
EXPECTED = {
    "expected": N_("Expected: the product information has it, as severe"),
    "unexpected": N_("Not expected: it is not there, or not as severe"),
    "unknown": N_("Not judged yet; it counts as not expected"),
}
DECHALLENGE = {
    "improved": N_("The drug was stopped or reduced, and it got better"),
    "not_improved": N_("The drug was stopped or reduced, and it did not get better"),
    "not_stopped": N_("The drug was not stopped"),
    "unknown": N_("Not known"),
}
RECHALLENGE = {
    "returned": N_("The drug was given again, and it came back"),
    "not_returned": N_("The drug was given again, and it did not come back"),
    "not_tried": N_("The drug was not given again"),
    "unknown": N_("Not known"),
}
ACTIONS = {
    "unchanged": N_("Dose unchanged"),
    "reduced": N_("Dose reduced"),
    "held": N_("Paused, with a hold"),
    "stopped": N_("Stopped for good"),
    "not_applicable": N_("None was being taken"),
    "unknown": N_("Not known"),
}
OUTCOMES = {
    "recovered": N_("Over"),
    "recovering": N_("Getting better"),
    "not_recovered": N_("Not better"),
    "sequelae": N_("Over, with lasting effects"),
    "fatal": N_("They died of it"),
    "unknown": N_("Not known"),
}
CLOCKS = {
    "sponsor": N_("Site to sponsor"),
    "fatal": N_("To the authority: fatal or life in danger, not expected"),
    "fatal_follow_up": N_("To the authority: the full report after that"),
    "serious": N_("To the authority: serious, not expected"),
}
# In the order of the form: what is chosen, one of each.
CHOICES = {
    "causality": CAUSALITY,
    "expected": EXPECTED,
    "dechallenge": DECHALLENGE,
    "rechallenge": RECHALLENGE,
    "action": ACTIONS,
    "outcome": OUTCOMES,
}


def item_name(item: str | None, tr: Translator) -> str:
    """An answer of a check-in by its name."""
    known = wording().items
    return known[item].in_(tr.lang) if item is not None and item in known else ""
