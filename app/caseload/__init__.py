"""Whose session is next, who has gone quiet, and one thing to know about each."""
