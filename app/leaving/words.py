"""What ends, and what came of a call, to be translated."""

from app.i18n import N_

SCOPES = {"treatment": N_("The treatment"), "all": N_("All of the study")}
CALLS = {
    "well": N_("Reached: nothing is wrong"),
    "needs_care": N_("Reached: needs care"),
    "not_reached": N_("Not reached"),
    "declined": N_("Does not want to be called"),
}
