"""The page of thresholds: what is in force, who approved it, what others would flag, a new version.

A physician signs what this page says, so it says each number as a sentence, and shows what a
change would have flagged before it is put in force.
"""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter
from pydantic import AfterValidator, Field
from sqlmodel import Session
from starlette.responses import Response

from app.clock import local_day
from app.flags.replayable import replayables
from app.i18n import N_, Translator
from app.protocol.in_force import protocol_in_force, protocol_without_version, text_in_force
from app.protocol.loader import bundled_protocol, parse_stored
from app.protocol.model import Protocol
from app.rules.compare import Comparison, compare
from app.rules.printed import difference_rows, figure_rows
from app.signin.confirm import Proof, asks, confirm
from app.signing.service import declared
from app.signing.words import WORDS
from app.staff.frame import staff_page
from app.thresholds.shown import in_a_line, shown_families
from app.thresholds.versions import history, is_taken, put_in_force, read_changes, rewritten
from app.visit.gate import for_staff
from app.visit.identity import StaffMe
from app.visit.roles import SIGNS_THRESHOLDS
from app.visit.visits import StaffVisit
from app.web.forms import Form, Plain, check
from app.web.pages import see_other

router = APIRouter()
# A page answers within seconds; the whole cohort is for the command line.
MOST_COMPARED = 30
# Letters of the sign that a page has compared its numbers.
SEAL = 32
# Other pages of the same numbers, from the buttons that store nothing.
VIEWS = ("compare", "all")
# The button that approves what is in force as it stands.
APPROVE = "approve"
LABELS = {
    "version": N_("Name of the version"),
    "approved_by": N_("Approved by (physician; blank: not approved yet)"),
    "reason": N_("Reason"),
    "present": N_("Your present password"),
    "code": N_("Code of the app"),
    "passkey": N_("Passkey"),
}


def _plain(text: str) -> str:
    """A name that reads the same wherever it is printed, quoted or copied."""
    if any(char in '"\\' or unicodedata.category(char)[0] == "C" for char in text):
        raise ValueError(N_("Leave out quotation marks, backslashes and invisible characters."))
    return text


def _short_name(text: str) -> str:
    if not all(char.isalnum() or char in "_.-" for char in text):
        raise ValueError(N_("Use letters, digits, dots and dashes, without spaces."))
    return text


class VersionForm(Proof):
    """``version`` names it in every flag; ``based`` and ``compared`` say what the page showed."""

    version: Annotated[Plain, Field(min_length=1, max_length=20), AfterValidator(_short_name)]
    approved_by: Annotated[str, Field(max_length=120), AfterValidator(_plain)] = ""
    reason: Annotated[str, Field(min_length=1, max_length=1000)]
    based: Annotated[str, Field(max_length=20)] = ""
    compared: Annotated[str, Field(max_length=SEAL)] = ""


@dataclass(frozen=True, slots=True)
class _Typed:
    """The fields as they were sent, what they change, and what is wrong with them."""

    fields: Mapping[str, Sequence[str]]
    changes: Mapping[str, float] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def view(self) -> str:
        return self.one("view")

    def one(self, name: str) -> str:
        values = self.fields.get(name)
        return values[0] if values else ""


@router.get("/thresholds")
@for_staff(SIGNS_THRESHOLDS)
def thresholds(visit: StaffVisit) -> Response:
    """What is in force; with other values in the address, what those would have flagged."""
    fields: dict[str, list[str]] = {}
    for name, value in visit.request.query_params.multi_items():
        fields.setdefault(name, []).append(value)
    protocol = protocol_in_force(visit.session, visit.me.site_id, visit.now)
    typed = _Typed(fields, *read_changes(fields, protocol, visit.tr))
    return _page(visit, protocol, typed, 422 if typed.errors else 200)


@router.post("/thresholds")
@for_staff(SIGNS_THRESHOLDS, weighs=True)
def change_thresholds(visit: StaffVisit) -> Response:
    """A new version of the protocol, for every flag from now on; or only a look at other values."""
    tr = visit.tr
    protocol = protocol_in_force(visit.session, visit.me.site_id, visit.now)
    typed = _Typed(visit.form.fields, *read_changes(visit.form.fields, protocol, tr))
    if typed.view in VIEWS:
        return _page(visit, protocol, typed, 422 if typed.errors else 200)
    if _edited_below(typed, protocol, tr):
        return _page(visit, protocol, typed, 422)
    checked = check(VersionForm, replace(visit.form, fields=_named(visit.form, protocol)), tr)
    typed.errors.update(checked.errors)
    if checked.value is None or typed.errors:
        return _page(visit, protocol, typed, 422)
    value = checked.value
    status = _refused(visit.session, visit.me, protocol, typed, value, tr)
    if not status:
        typed.errors.update(confirm(visit))
    if status or typed.errors:
        return _page(visit, protocol, typed, status or 422)
    me = visit.me
    put_in_force(
        visit.session,
        me,
        typed.changes,
        value.version,
        value.approved_by,
        value.reason,
        declared(me.id, me.actor, me.name, "in_force", tr),
        visit.now,
    )
    return see_other("/thresholds", "saved")


def _edited_below(typed: _Typed, protocol: Protocol, tr: Translator) -> bool:
    """Whether what should be approved as it stands came with other numbers: then none is stored."""
    if typed.view != APPROVE or not typed.changes:
        return False
    typed.errors[""] = tr(
        "Numbers on this page are changed, so version %(version)s was not approved as it stands, "
        "and nothing was stored. Look at what they would have flagged, then put them in force, or "
        "open the page again to approve it without them.",
        version=protocol.version,
    )
    return True


def _named(form: Form, protocol: Protocol) -> dict[str, list[str]]:
    """The fields but for the numbers, and for which button approved."""
    rest = {name: sent for name, sent in form.fields.items() if name not in protocol.thresholds}
    if rest.get("view") == [APPROVE]:
        del rest["view"]
    return rest


def _refused(
    session: Session,
    me: StaffMe,
    protocol: Protocol,
    typed: _Typed,
    value: VersionForm,
    tr: Translator,
) -> int:
    """Why a readable form is not put in force: the error is added, and its status returned."""
    if value.based and value.based != protocol.version:
        typed.errors[""] = tr(
            "Version %(version)s was put in force meanwhile, so nothing was stored. What differs "
            "from it is marked below.",
            version=protocol.version,
        )
        return 409
    if is_taken(session, me.site_id, value.version):
        typed.errors["version"] = tr("There is a version of this name already.")
    elif not typed.changes and value.approved_by in ("", protocol.approved_by):
        typed.errors["approved_by"] = tr(
            "No threshold differs from what is in force: then a new version needs the name of the "
            "physician who approves it."
        )
    elif typed.changes and value.compared != _seal(session, me, protocol, typed.changes):
        typed.errors[""] = tr(
            "These numbers were not compared yet, so nothing was stored. Look at what they would "
            "have flagged, then put them in force."
        )
    return 422 if typed.errors else 0


def _seal(session: Session, me: StaffMe, protocol: Protocol, changes: Mapping[str, float]) -> str:
    """What only a page says that has compared these changes with the version in force."""
    what = f"{me.site_id} {protocol.version} {in_a_line(changes)}"
    sign: Callable[[str, str], str] = session.info["keys"].sign
    return sign("compared", what)[:SEAL]


def _compared(session: Session, me: StaffMe, typed: _Typed, now: datetime) -> Comparison:
    text = rewritten(text_in_force(session, me.site_id, now), typed.changes, "other", "")
    found = replayables(session, now, site_id=me.site_id, newest=MOST_COMPARED)
    pairs = ((record.timeline, record.versions) for record in found)
    return compare(pairs, protocol_without_version(), parse_stored(text))


def _page(visit: StaffVisit, protocol: Protocol, typed: _Typed, status: int) -> Response:
    tr, errors = visit.tr, typed.errors
    wrong = any(name in protocol.thresholds for name in errors)
    found = (
        _compared(visit.session, visit.me, typed, visit.now)
        if typed.changes and not wrong
        else None
    )
    families = shown_families(
        protocol,
        bundled_protocol(),
        typed.fields,
        typed.changes,
        errors,
        tr,
        all_open=typed.view == "all",
    )
    numbers = [one for family in families for one in family.numbers]
    versions = history(visit.session, visit.me.site_id)
    signed = next((one for one in versions if one.version == protocol.version), None)
    context: dict[str, Any] = {
        "nav": "thresholds",
        "protocol": protocol,
        "typed": typed,
        "errors": errors,
        "labels": {name: tr(text) for name, text in LABELS.items()}
        | {one.name: one.title for one in numbers},
        "families": families,
        "changed": [one for one in numbers if one.changed],
        "edited": bool(typed.changes) or wrong,
        "history": versions,
        "signed": signed,
        "signed_on": tr.day_inline(local_day(signed.since, visit.me.timezone), "d MMM y")
        if signed
        else "",
        "meaning": tr(WORDS["in_force"]),
        "asks": asks(visit),
        "idem": uuid4().hex,
        "found": found,
        "compared": _seal(visit.session, visit.me, protocol, typed.changes) if found else "",
        "most": MOST_COMPARED,
        "figures": figure_rows(found, tr) if found else [],
        "appear": difference_rows(found.appear, tr) if found else [],
        "vanish": difference_rows(found.vanish, tr) if found else [],
    }
    return staff_page(visit, "thresholds/thresholds.html", context, status)
