"""A participant's worksheets in their own pages: what was shared, and the copy of it all."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.i18n import Translator
from app.instruments.worksheets.answers import gather
from app.visit.identity import ParticipantMe
from app.worksheets.queries import Comment
from app.worksheets.record_queries import Written, comments_on, copies_of, drafts_of
from app.worksheets.whole import Shown, whole

FORMAT = "daybook-worksheets/1"


@dataclass(frozen=True, slots=True)
class SheetCopy:
    """One sheet as it stood at one time, in words, with what the team wrote about it."""

    written: Written
    fields: tuple[Shown, ...]
    comments: tuple[Comment, ...]


def shared_sheets(session: Session, who: int) -> list[Written]:
    """What the participant shared, the newest first; what was taken back too."""
    shared = [(one.shared_at, one) for one in copies_of(session, who) if one.shared_at]
    return [one for _, one in sorted(shared, key=lambda pair: pair[0], reverse=True)]


def readable_sheets(session: Session, me: ParticipantMe, tr: Translator) -> list[SheetCopy]:
    """Every finished copy, then every draft; comments stand with the last one of their sheet.

    Figures of the diary are left out: the copy has the days that they were counted from.
    """
    written = _all(session, me.id)
    last = {one.public_id: place for place, one in enumerate(written)}
    about: dict[str, list[Comment]] = {}
    for public_id, comment in comments_on(session, me.id):
        about.setdefault(public_id, []).append(comment)
    return [
        SheetCopy(
            one,
            tuple(shown for shown in whole(one.sheet, one.values, {}, tr) if not shown.empty),
            tuple(about.get(one.public_id, ())) if last[one.public_id] == place else (),
        )
        for place, one in enumerate(written)
    ]


def sheets_as_data(session: Session, who: int, now: datetime) -> dict[str, Any]:
    """The same for another program: the answers under the ids of the sheet's fields."""
    return {
        "format": FORMAT,
        "exported_at": now.isoformat(),
        "worksheets": [_as_data(one) for one in _all(session, who)],
        "comments": [
            {"id": public_id, "at": one.at.isoformat(), "by": one.name, "text": one.text}
            for public_id, one in comments_on(session, who)
        ],
    }


def _as_data(one: Written) -> dict[str, Any]:
    moments = {"shared_at": one.shared_at, "taken_back_at": one.taken_back_at}
    return {
        "id": one.public_id,
        "sheet": one.sheet.key,
        "version": one.sheet.version,
        "state": "draft" if one.draft else "finished",
        "at": one.at.isoformat(),
        "values": one.values,
        **{name: moment.isoformat() for name, moment in moments.items() if moment},
    }


def _all(session: Session, who: int) -> list[Written]:
    drafts = [
        Written(one.public_id, one.sheet, one.at, gather(one.sheet, one.values), draft=True)
        for one in drafts_of(session, who)
    ]
    return [*copies_of(session, who), *drafts]
