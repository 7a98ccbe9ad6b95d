"""The desk of the session notes, where most that is signed is signed."""

from tests.treatment.conftest import desk, office

__all__ = ["desk", "office"]
