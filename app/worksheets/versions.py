"""Whether a page of a sheet was changed elsewhere since it was opened. Pure.

A form says how its page ``stood`` when it was opened. It may overwrite that, and what its own
autosaves made of it: a draft knows for each page which form wrote it last. Anything else was
written in another tab, and the participant decides between the two.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from app.instruments.worksheets.answers import Cell
from app.worksheets.steps import Place

# Beside the cells of a draft, under a name that no field has: page to the token of its last form.
WRITERS = "@"


def cells_in(values: Mapping[str, Any]) -> dict[str, Cell]:
    """The cells of a stored draft."""
    return {name: cell for name, cell in values.items() if name != WRITERS}


def writers_in(values: Mapping[str, Any]) -> dict[str, str]:
    """Which form wrote each page of a stored draft last."""
    return dict(values.get(WRITERS, {}))


def cells_at(place: Place, cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """What stands on one page."""
    return {name: cell for name, cell in cells.items() if name in place.names}


def stamp(page: Mapping[str, Cell]) -> str:
    """How a page stands, in 16 characters: another text has another stamp."""
    told = json.dumps(sorted((name, str(cell)) for name, cell in page.items()))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def outdated(page: Mapping[str, Cell], sent: Mapping[str, Cell], stood: str | None) -> bool:
    """Whether ``sent`` would overwrite what was not seen; ``stood`` None: the form does not say."""
    return stood is not None and stamp(page) not in (stood, stamp(sent))
