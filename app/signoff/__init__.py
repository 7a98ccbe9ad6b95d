"""The investigator signs off the record of a participant."""
