"""What a signature means, in words: a fixed list, shown before one signs and stored with it."""

from app.i18n import N_

WORDS = {
    "held": N_("I held this session and this is my record of it."),
    "not_held": N_("The participant did not come, and this is my record of it."),
    "taken_over": N_("A colleague began this record. I have read it, finished it and close it."),
    "amended": N_("This amendment is mine. The earlier record stays as it was."),
    "in_force": N_("I put this version of the protocol in force at my site."),
    "reviewed": N_(
        "I have reviewed the record of this participant as it stands today and answer for it."
    ),
}
