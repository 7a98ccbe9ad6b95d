"""What the participant's worksheet pages show, made of rows. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.clock import local_day
from app.i18n import N_, Translator
from app.instruments.worksheets.answers import Cell, Value, flatten, gather, read_cells
from app.instruments.worksheets.definitions import Sheet
from app.instruments.worksheets.loader import all_sheets, short_sheets
from app.web.appointment import Walls, theirs_short
from app.worksheets.figures import Figure
from app.worksheets.queries import Copy, Entry, Mine, Suggested
from app.worksheets.steps import Step, steps_of
from app.worksheets.whole import Shown, whole

# The sheets of the counseling plan by what they are for; each stands in one theme.
THEMES: tuple[tuple[str, tuple[int, ...]], ...] = (
    (N_("Where I stand, where I want to go"), (1, 2, 3, 4, 5)),
    (N_("Urges and situations"), (6, 7, 8, 9, 11)),
    (N_("Thoughts and feelings"), (10, 18)),
    (N_("Everyday life"), (13, 14, 15, 17)),
    (N_("Safety and people"), (12, 16, 19)),
    (N_("Looking ahead"), (20,)),
)
# Sheets that are filled in again and again: a new entry is offered beside one that is not finished.
SERIES = frozenset({"thought_record", "urge_surfing", "functional_analysis", "trigger_diary"})


@dataclass(frozen=True, slots=True)
class Task:
    """A sheet that waits: suggested, begun, or both. ``entry`` is the half-filled one.

    ``count``: so many of its kind are half-filled, of which it is the newest.
    """

    sheet: Sheet
    asked: Suggested | None
    entry: Entry | None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Finished:
    """All finished sheets of one kind, the newest first."""

    sheet: Sheet
    entries: tuple[Entry, ...]

    @property
    def newest(self) -> Entry:
        return self.entries[0]

    @property
    def shared(self) -> int:
        return sum(1 for one in self.entries if one.shared_at)

    @property
    def new_comments(self) -> bool:
        return any(one.new_comments for one in self.entries)


@dataclass(frozen=True, slots=True)
class Overview:
    """The list: what the counselor suggested, what is begun, what is finished, what is put away."""

    suggested: tuple[Task, ...]
    begun: tuple[Task, ...]
    finished: tuple[Finished, ...]
    away: tuple[Entry, ...]


def overview(asked: Sequence[Suggested], entries: Sequence[Entry]) -> Overview:
    """Sort a participant's sheets; ``asked`` are the open requests, ``entries`` newest first."""
    here = [one for one in entries if one.removed_at is None]
    half = [one for one in here if one.half_filled]
    suggested = tuple(Task(one.sheet, one, _answering(one, half)) for one in asked)
    taken = {task.entry.id for task in suggested if task.entry}
    kinds: dict[str, list[Entry]] = {}
    for one in here:
        if one.finished_at:
            kinds.setdefault(one.sheet_key, []).append(one)
    return Overview(
        suggested=suggested,
        begun=_begun([one for one in half if one.id not in taken]),
        finished=tuple(Finished(found[0].sheet, tuple(found)) for found in kinds.values()),
        away=tuple(one for one in entries if one.removed_at),
    )


def _begun(half: Sequence[Entry]) -> tuple[Task, ...]:
    """One line for each kind of sheet, the newest first."""
    kinds: dict[str, list[Entry]] = {}
    for one in half:
        kinds.setdefault(one.sheet_key, []).append(one)
    return tuple(Task(found[0].sheet, None, found[0], len(found)) for found in kinds.values())


def asked_for(asked: Suggested, now: datetime, walls: Walls, tr: Translator) -> str:
    """What the request is for; one for a session that is over says when it was made."""
    if asked.session_at is None or asked.place is None:
        return tr("For one of the next sessions")
    zone = walls.person
    if local_day(asked.session_at, zone) < local_day(now, zone):
        return tr("Suggested on %(when)s", when=tr.moment(asked.assigned_at, zone))
    when = theirs_short(asked.session_at, asked.place, walls, tr)
    return tr("For the session on %(when)s", when=when)


def _answering(asked: Suggested, half: Iterable[Entry]) -> Entry | None:
    return next((one for one in half if one.assignment_id == asked.id), None)


def themes(tr: Translator) -> list[tuple[str, list[Sheet]]]:
    """All sheets of the plan under their headings."""
    known = {sheet.number: sheet for sheet in all_sheets()}
    return [(tr(name), [known[number] for number in numbers]) for name, numbers in THEMES]


def offered() -> dict[str, Sheet]:
    """Every sheet that can be begun, by its key."""
    return {sheet.key: sheet for sheet in (*all_sheets(), *short_sheets())}


@dataclass(frozen=True, slots=True)
class Part:
    """One question of the whole: ``step`` leads to its page."""

    step: Step
    shown: tuple[Shown, ...]


def standing(mine: Mine) -> Mapping[str, Cell]:
    """What stands on the sheet, as cells: the draft, or else the newest copy."""
    if mine.draft:
        return mine.draft.cells
    return cells_of(mine.sheet, mine.newest.values) if mine.newest else {}


def cells_of(sheet: Sheet, values: Mapping[str, Value]) -> dict[str, Cell]:
    """A copy's values as the cells that a form shows."""
    return read_cells(sheet, flatten(dict(values)).items())


def parts_of(
    sheet: Sheet, values: dict[str, Value], figures: Mapping[str, Figure], tr: Translator
) -> tuple[Part, ...]:
    """The whole sheet, question by question; both sides of a balance are one."""
    written = dict(zip(sheet.fields, whole(sheet, values, figures, tr), strict=True))
    found: dict[str, Part] = {}
    for step in steps_of(sheet):
        found.setdefault(step.field.id, Part(step, tuple(written[one] for one in step.fields)))
    return tuple(found.values())


def draft_values(mine: Mine) -> dict[str, Value]:
    """What stands on the sheet, as values: the draft, or else the newest copy."""
    if mine.draft:
        return gather(mine.sheet, mine.draft.cells)
    return mine.newest.values if mine.newest else {}


def moment_of(mine: Mine, now: datetime) -> datetime:
    """As of when the diary's figures are shown: a finished sheet keeps those of its day."""
    return mine.newest.made_at if mine.newest and not mine.draft else now


def earlier_copies(mine: Mine) -> tuple[Copy, ...]:
    """Copies besides the one that the page shows, the newest first."""
    rest = mine.copies if mine.draft else mine.copies[:-1]
    return tuple(reversed(rest))


def may_finish(mine: Mine) -> bool:
    """Whether there is something to make a copy of."""
    if mine.draft is None:
        return False
    shows = any(field.kind == "shown" for field in mine.sheet.fields)
    return shows or bool(gather(mine.sheet, mine.draft.cells))
