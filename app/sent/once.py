"""What a phone sends is stored once, however often it comes: one flow for every form.

A form that heard no answer comes again under its token. The same answers lead to the same place;
other answers under one token are a question for the person, who sees both.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.responses import Response

from app.flags.service import Outcome
from app.sent.guidance import go_on
from app.sent.submissions import Earlier, arrived, remember
from app.visit import held
from app.visit.visits import ParticipantVisit
from app.web.pages import see_other


@dataclass(frozen=True, slots=True)
class Entry:
    """What a form made: its row, what the rules said of it, and where it leads with which note.

    ``waited_at``: addresses of pages at which the same may have waited to be corrected.
    """

    row: int
    leads_to: str
    note: str | None = "saved"
    outcome: Outcome = field(default_factory=Outcome)
    waited_at: tuple[str, ...] = ()


def once(
    visit: ParticipantVisit,
    kind: str,
    about: str,
    tell: Callable[[Earlier | None], Entry | Response],
    same: Callable[[Earlier], Response],
    row: int | None = None,
) -> Response:
    """Answer a form: as before if it is the ``same`` as before, else by what it does ``tell``.

    ``about`` is what the address adds to the answers; ``row``, which row it names. ``tell`` is
    given what came earlier under the token, to show both side by side; with nothing earlier it
    stores, or refuses the form.
    """
    earlier = arrived(visit, kind, about)
    if earlier is not None and row is not None:
        earlier = earlier.at(row)
    if earlier is not None and earlier.same:
        return same(earlier)
    told = tell(earlier)
    if not isinstance(told, Entry):
        return told
    remember(visit, kind, told.row, about)
    for path in told.waited_at if visit.me.waits else ():
        held.drop_at(visit.session, visit.me.device_id, path)
    return go_on(told.outcome, told.leads_to, told.note)


def on_to(leads_to: str) -> Callable[[Earlier], Response]:
    """What a form that came before is answered with: it leads where it led."""
    return lambda _earlier: see_other(leads_to, "same")
