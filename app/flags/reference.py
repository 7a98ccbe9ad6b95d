"""The short name of a flag, for mail and for the telephone."""

import secrets

# Without 0 and O, 1, I and L, U and V: what is read out is written down right.
LETTERS = "23456789ABCDEFGHJKMNPQRSTWXYZ"


def new_reference() -> str:
    """Like "7KQ-42M": one of 29 to the power of six."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(6))
    return f"{letters[:3]}-{letters[3:]}"
