"""Locks of the record: set and lifted with a reason, kept by the database itself."""
