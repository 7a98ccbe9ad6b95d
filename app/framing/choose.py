"""Which message stands on Today, if any. Pure.

The same participant, day and facts give the same message. While an urgent or emergency alert is
not resolved, a loss frame is never shown, only what helps to reach the team.
"""

import hashlib
from dataclasses import dataclass
from datetime import date

from app.instruments.framing.library import Frame, Library, Message
from app.protocol.model import Framing


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules look at. ``week``: study week, 0 before the first dose.

    ``told``: days with an entry of any kind or a check-in among the last seven full local days;
    ``serious``: an urgent or emergency alert is not resolved.
    """

    participant: int
    week: int
    told: int
    serious: bool


def choose(facts: Facts, library: Library, framing: Framing, day: date) -> Message | None:
    """The message of a local day, or none that fits."""
    if not framing.enabled:
        return None
    for frame in _frames(facts, framing):
        fitting = [m for m in library.messages if m.frame == frame and allowed(m, facts)]
        if fitting:
            # Everyone has an order of their own and goes through it day by day.
            fitting.sort(key=lambda message: _place(facts.participant, message.key))
            return fitting[day.toordinal() % len(fitting)]
    return None


def allowed(message: Message, facts: Facts) -> bool:
    """Whether the message's own rule holds, and no alert speaks against it."""
    in_weeks = message.weeks[0] <= facts.week <= message.weeks[1]
    in_told = message.told[0] <= facts.told <= message.told[1]
    return in_weeks and in_told and fits_alerts(message, facts.serious)


def fits_alerts(message: Message, serious: bool) -> bool:
    return not serious or (message.while_serious and message.frame == "gain")


def _frames(facts: Facts, framing: Framing) -> tuple[Frame, ...]:
    """The frames to try, in order: where no loss message fits, a gain message stands."""
    loss = {
        "gain": False,
        "by_rule": facts.told < framing.loss_below_days,
        "alternating_weeks": facts.week > 0 and facts.week % 2 == 0,
    }[framing.assignment]
    return ("loss", "gain") if loss else ("gain",)


def _place(participant: int, key: str) -> str:
    return hashlib.sha256(f"{participant}:{key}".encode()).hexdigest()
