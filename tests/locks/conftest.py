"""The desk of the session notes: what staff say under a lock."""

from tests.treatment.conftest import desk, office

__all__ = ["desk", "office"]
