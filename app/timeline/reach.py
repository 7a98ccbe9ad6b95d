"""How far back each kind of event is needed, where not all of it is. Pure."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Reach:
    """The first local day from which each kind is needed."""

    checkins: date
    drinks: date
