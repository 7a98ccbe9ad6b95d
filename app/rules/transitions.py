"""What may happen to a flag, in one table: (status, action) to the next status.

A person acknowledges, notes and resolves; the rules worsen a flag, which opens it again, and
close a silent diary's flag when the days are filled in. Who may act stands in `app.visit.scope`.
"""

from typing import Final

ACKNOWLEDGE, RESOLVE = "acknowledge", "resolve"
# Changes who has a flag in hand, and no status.
HAND_OVER = "hand_over"
WORSEN, ADD, CLOSE = "worsen", "add", "close"

TRANSITIONS: Final[dict[tuple[str, str], str]] = {
    ("open", ACKNOWLEDGE): "acknowledged",
    ("acknowledged", RESOLVE): "resolved",
    ("open", WORSEN): "open",
    ("acknowledged", WORSEN): "open",
    ("open", ADD): "open",
    ("acknowledged", ADD): "acknowledged",
    ("open", CLOSE): "resolved",
    ("acknowledged", CLOSE): "resolved",
}


def next_status(status: str, action: str) -> str | None:
    """The status after ``action``; None where the table does not allow it."""
    return TRANSITIONS.get((status, action))
