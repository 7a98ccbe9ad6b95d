"""Daybook: a diary for participants of a trial, and an alert loop for its staff."""
