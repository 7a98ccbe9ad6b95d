"""What the page of the whole trial calls things."""

from app.i18n import N_

SIGNALS = {
    "reaction": N_("Possible withdrawal-like reaction"),
    "withdrawal": N_("Consent taken back"),
    "opioid_use": N_("Opioid use after the first dose"),
    "serious_event": N_("Serious adverse event"),
}
# The name of each endpoint, and how it is read; a percentage, a number or so many of all.
ENDPOINTS = {
    "abstinent_weeks": (
        N_("Weeks without opioids, by urine and report"),
        N_("missing counts as positive"),
        "share",
    ),
    "confirmed_weeks": (
        N_("Confirmed abstinent weeks from week 5 on"),
        N_("missing counts as positive"),
        "number",
    ),
    "relapse_three": (
        N_("Three positive weeks in a row"),
        N_("missing counts as positive"),
        "of",
    ),
    "end_of_treatment": (
        N_("Abstinent at the end of treatment"),
        N_("of those whose weeks are over"),
        "of",
    ),
    "days_abstinent": (
        N_("Days without alcohol"),
        N_("of the days told"),
        "percent",
    ),
    "heavy_days": (N_("Heavy drinking days"), N_("of the days told"), "percent"),
    "grams": (N_("Grams of alcohol on a drinking day"), N_("mean of the means"), "number"),
    "complete": (N_("Days told of all days"), N_("mean of the shares"), "share"),
}
ENDINGS = {
    "withdrew all": N_("Took consent back, all of it"),
    "withdrew treatment": N_("Took consent back for the tablets"),
    "completed all": N_("Completed"),
    "completed treatment": N_("Completed the treatment"),
    "lost all": N_("Lost to follow-up"),
    "lost treatment": N_("Lost to follow-up, tablets alone"),
    "physician all": N_("Ended by the physician"),
    "physician treatment": N_("Tablets ended by the physician"),
    "terminated all": N_("The study was ended"),
    "terminated treatment": N_("The treatment was ended with the study"),
}
