"""Outbox: mail that is written with what it tells of, and handed over until it is accepted."""
