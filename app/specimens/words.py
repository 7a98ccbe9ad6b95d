"""What the pages about specimens call things."""

from app.i18n import N_

RESULTS = {"negative": N_("negative"), "positive": N_("positive")}
UNUSABLE = {
    "": N_("No, it can be read"),
    "tampered": N_("Yes: diluted, or something was added"),
    "unreadable": N_("Yes: the test shows no control line"),
}
# Whatever was marked, as it stands on record.
WHY_UNUSABLE = {
    "cold": N_("too cold"),
    "hot": N_("too hot"),
    "tampered": N_("diluted, or something was added"),
    "unreadable": N_("no control line"),
}
NOT_GIVEN = {
    "absent": N_("Did not come"),
    "declined": N_("Declined"),
    "unable": N_("Could not"),
    "not_asked": N_("Was not asked by the clinic"),
    "other": N_("Another reason"),
}
LEFT = N_("Had left")
