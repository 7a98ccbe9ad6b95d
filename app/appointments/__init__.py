"""Counseling sessions as appointments: planned, moved, kept or not, on the phone's calendar."""
