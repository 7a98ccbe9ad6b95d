"""Adverse events: promoted from what was told or entered, graded, followed up, reported in time."""
