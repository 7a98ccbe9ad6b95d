"""What is put on record about the trail itself: that it was reviewed, and what left the house."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from app import audit
from app.audit import Subject
from app.trail.forms import ReviewForm
from app.trail.queries import REVIEW
from app.visit.identity import StaffMe

EXPORT = "trail.export"


def record_review(
    session: Session, me: StaffMe, form: ReviewForm, now: datetime, token: str
) -> None:
    """An entry of the trail like any other: nobody changes it, and the chain holds it.

    It keeps ``token``, by which a resend of the form is known.
    """
    changes = {
        "from_day": [None, form.from_day.isoformat()],
        "until_day": [None, form.until_day.isoformat()],
        "scope": [None, form.scope],
        "finding": [None, form.finding],
        "form": [None, token],
    }
    audit.record(session, me.actor, REVIEW, Subject("trail", me.site_id), now=now, changes=changes)


def record_export(
    session: Session, me: StaffMe, kind: str, asked: Mapping[str, str], count: int, now: datetime
) -> None:
    """Who took which entries along, and as what."""
    changes = {name: [None, text] for name, text in asked.items() if name != "kind"}
    if "kind" in asked:
        changes["about"] = [None, asked["kind"]]
    changes |= {"file": [None, kind], "entries": [None, str(count)]}
    audit.record(session, me.actor, EXPORT, Subject("trail", me.site_id), now=now, changes=changes)
