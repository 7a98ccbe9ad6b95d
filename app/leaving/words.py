"""What ends, to be translated."""

from app.i18n import N_

SCOPES = {"treatment": N_("The treatment"), "all": N_("All of the study")}
