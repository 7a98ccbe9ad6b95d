"""Flags in tables: raised, fed, acted on, and the triage page where staff close the loop."""
