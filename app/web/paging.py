"""A long list a page at a time, the newest first. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
SIZE = 10


@dataclass(frozen=True, slots=True)
class Paged(Generic[T]):
    """One page, numbered from 1. ``newer`` and ``older`` are the pages beside it, or None."""

    items: Sequence[T]
    newer: int | None
    older: int | None


def paged(items: Sequence[T], number: int) -> Paged[T] | None:
    """The page of that number; None where there is none. Without items the first is empty."""
    if number < 1 or (number > 1 and (number - 1) * SIZE >= len(items)):
        return None
    first, end = (number - 1) * SIZE, number * SIZE
    newer = number - 1 if number > 1 else None
    older = number + 1 if end < len(items) else None
    return Paged(items[first:end], newer, older)
