"""What the phones send: urges, and days with their alcohol, other substances and tablet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from uuid import UUID

from app.clock import local_day, utc_now
from bench.crowd.phones import Phone
from tests.faults.people import ZONE


@dataclass(frozen=True, slots=True)
class Answer:
    """One form, with the token that makes a second sending of it harmless."""

    phone: Phone
    kind: str
    path: str
    fields: tuple[tuple[str, str], ...]
    token: str

    @property
    def body(self) -> list[tuple[str, str]]:
        return [*self.fields, ("idem", self.token)]

    def value(self, name: str) -> str | None:
        return dict(self.fields).get(name)


def answers(phones: Sequence[Phone], count: int, seed: int) -> Iterator[Answer]:
    """``count`` forms, each phone in its turn, so that no phone lies long enough to lock."""
    dice = Random(seed)
    today = local_day(utc_now(), ZONE)
    for number in range(count):
        phone = phones[number % len(phones)]
        # Yesterday and before: a midnight in the middle of a run changes nothing.
        day = (today - timedelta(days=dice.randint(1, 4))).isoformat()
        kind = dice.choices(("checkin", "drinks", "substances", "dose"), (50, 25, 15, 10))[0]
        path, fields = _form(kind, day, dice)
        token = UUID(int=dice.getrandbits(128), version=4).hex
        yield Answer(phone, kind, path, fields, token)


def _form(kind: str, day: str, dice: Random) -> tuple[str, tuple[tuple[str, str], ...]]:
    if kind == "checkin":
        urge = dice.choice((0, 1, 2, 3, 5, 8, 9))
        ratings = (("alcohol_craving", str(dice.randint(0, 10))), ("opioid_craving", str(urge)))
        return "/today/urges", (*ratings, ("method", "each"))
    if kind == "drinks":
        if dice.random() < 0.3:
            return f"/day/{day}", (("none", "1"),)
        return f"/day/{day}", (("n:vodka:50:40", str(dice.randint(1, 12))),)
    if kind == "substances":
        substance = dice.choice(("", "", "cannabis", "sedative", "opioid"))
        fields = (("substance", substance),) if substance else (("none", "1"),)
        return f"/day/{day}/other", fields
    taken = dice.choice(("taken", "not_taken"))
    return "/today/dose", (("answer", taken), ("day", day))
