"""Which digits may be the code of a phone. Pure."""

from itertools import pairwise

PIN_MIN, PIN_MAX = 6, 12


def weak_pin(pin: str) -> bool:
    """One digit repeated, a run up or down, or a pattern that everybody tries."""
    digits = [int(c) for c in pin]
    steps = {(b - a) % 10 for a, b in pairwise(digits)}
    repeated = any(pin == pin[:size] * (len(pin) // size) for size in (1, 2, 3))
    return repeated or steps in ({1}, {9}) or len(set(pin)) < 3
