"""Of what a lock is, and the kinds of entries that may come after it."""

from app.i18n import N_

SCOPES = {
    "visit": N_("Days of one participant (a visit)"),
    "participant": N_("One participant"),
    "study": N_("The study at this site"),
}
KINDS = {
    "dose": N_("tablet"),
    "drinks": N_("alcohol of a day"),
    "substances": N_("other substances of a day"),
    "checkin": N_("check-in"),
    "screen": N_("weekly mood page"),
}
