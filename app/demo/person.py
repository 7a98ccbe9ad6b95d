"""A simulated participant as the site knows them."""

from dataclasses import dataclass
from datetime import datetime, time

from app.demo.persona import Persona
from app.demo.simulator import Simulated
from app.demo.site import ZONE
from app.timeline.days import at_local
from app.visit.identity import StaffMe

ENROLLED_AT = time(10)


@dataclass(frozen=True, slots=True)
class Person:
    """A simulated participant and the particulars of enrolment."""

    code: str
    name: str
    phone: str
    counselor: StaffMe
    simulated: Simulated

    @property
    def persona(self) -> Persona:
        return self.simulated.persona


def enrolled_at(simulated: Simulated) -> datetime:
    return at_local(simulated.enrolled_on, ENROLLED_AT, ZONE)
