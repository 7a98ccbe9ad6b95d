"""Sent forms: read as far as they go, checked against a plain Pydantic model, never dropped.

A form is read before the transaction begins, so that a slow sender holds nothing. Nothing of it
is refused here, as nobody would see what they typed again: marks that nobody typed are dropped,
and what cannot be kept is a *fault* of its field, which the route answers like any other error.
The gate commits no form with a fault in it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar, Generic, TypeVar

from fastapi import Depends
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, ValidationInfo
from starlette.requests import Request

from app.clock import zone
from app.i18n import N_, Translator
from app.protocol.model import Protocol
from app.typed import number, plain, two_ways
from app.web.bodies import Body, read_body
from app.web.limits import SURE, Limits, ask_back, date_fields, days_typed
from app.web.origin import CONFIRMED, Nowhere, is_confirmed

# What every page may add: the resend token, the phone's clock, how long the page took, under
# which number the form waited behind the lock, and that it was sent again on purpose.
TECHNICAL = ("idem", "client_at", "seconds", "held", CONFIRMED)
UNKEEPABLE = N_("The text has an invisible character that cannot be stored.")
TWICE = N_("A field came twice. Please look through the page and send it again.")
TWO_WAYS = N_(
    "A comma before three digits can mean thousands or a fraction. Write thousands without a comma,"
    " and a fraction with a point."
)
# The fields of these are read as numbers, dates or times, however the digits are written.
_COUNTED = re.compile(r"\b(int|float|Decimal)\b")
_DATED = re.compile(r"\b(date|time)\b")
# Of no use is a clock that tells another year; its distance to ours would not fit its column.
_YEARS = range(2000, 2081)

T = TypeVar("T", bound=BaseModel)


class BadForm(Exception):
    """A form that cannot be read at all; ``text`` is shown to the sender."""

    def __init__(self, text: str, status: int = 400):
        super().__init__(text)
        self.text = text
        self.status = status


Plain = Annotated[str, BeforeValidator(lambda text: plain(text) if isinstance(text, str) else text)]
"""A code, an address, a number to dial: marks, spaces and digits of any kind are the plain ones."""


class FormModel(BaseModel):
    """Base of every form's model: unknown fields are refused, spaces trimmed."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)
    diary_days: ClassVar[frozenset[str]] = frozenset()
    """dates that the diary holds to its own window, and that have no limits besides"""


_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class Form:
    """The fields as sent, in order; ``token`` makes a resend harmless."""

    fields: Mapping[str, list[str]]
    token: str = ""
    client_at: datetime | None = None
    seconds: int | None = None
    held: int | None = None
    """the form waited behind the lock under this number"""
    faults: Mapping[str, str] = field(default_factory=dict)
    """what could not be read, by field (empty name: of the form as a whole), to be translated"""
    status: int = 422
    """with which a form with faults is answered"""
    confirmed: str = ""
    """what the page of a refusal signed, to be sent again on purpose"""

    def said(self, tr: Translator) -> dict[str, str]:
        """The faults in words; no page has a place for those of technical fields."""
        said = {"" if name in TECHNICAL else name: text for name, text in self.faults.items()}
        return {name: tr(text) for name, text in said.items()}

    def one(self, name: str, default: str = "") -> str:
        values = self.fields.get(name)
        return values[0] if values else default

    def pairs(self, *but: str) -> list[tuple[str, str]]:
        """Every name and value again, as hidden inputs of a resend; without the fields ``but``."""
        told = ((name, values) for name, values in self.fields.items() if name not in but)
        return [(name, value) for name, values in told for value in values]

    def technical(self) -> list[tuple[str, str]]:
        """The token and the phone's first time, which a resend keeps."""
        told = [("client_at", self.client_at.isoformat())] if self.client_at else []
        return [("idem", self.token), *told]


@dataclass(frozen=True, slots=True)
class Checked(Generic[T]):
    """Either ``value`` or ``errors``; ``raw`` is what was typed, for the page again."""

    value: T | None
    errors: dict[str, str] = field(default_factory=dict)
    """field to one plain sentence"""
    raw: Mapping[str, list[str]] = field(default_factory=dict)
    asked: Mapping[str, date] = field(default_factory=dict)
    """the dates that are out of the ordinary, by field: each has a tick that it is meant"""


async def read_form(request: Request) -> Form:
    """The form of a POST; an empty one for other methods. Raises Nowhere."""
    form = await form_of(request)
    if getattr(request.state, "from_nowhere", False) and not is_confirmed(request, form.confirmed):
        raise Nowhere
    return form


async def form_of(request: Request) -> Form:
    """The form of a request, read once: an error page offers it again."""
    if request.method not in ("POST", "PUT", "PATCH", "DELETE"):
        return Form({})
    if getattr(request.state, "form", None) is None:
        request.state.form = form_from(await read_body(request))
    form: Form = request.state.form
    return form


def form_from(body: Body) -> Form:
    """The fields, and what is wrong with them."""
    fields: dict[str, list[str]] = {}
    faults = {"": body.fault} if body.fault else {}
    for pair in body.pairs:
        fields.setdefault(pair.name, []).append(pair.value)
        if not pair.whole:
            faults[pair.name] = UNKEEPABLE
    technical = {name: fields.pop(name, [""]) for name in TECHNICAL}
    faults |= {name: TWICE for name, values in technical.items() if len(values) > 1}
    told = {name: values[0] for name, values in technical.items()}
    return Form(
        fields,
        token=told["idem"][:64],
        client_at=_moment(told["client_at"]),
        seconds=_small_number(told["seconds"]),
        held=_small_number(told["held"]),
        faults=faults,
        status=body.status,
        confirmed=told[CONFIRMED],
    )


def _moment(text: str) -> datetime | None:
    """What the phone says of its clock; a moment that cannot be reckoned with is none."""
    try:
        found = datetime.fromisoformat(text)
        year = found.astimezone(UTC).year
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo and year in _YEARS else None


def _small_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


FormDep = Annotated[Form, Depends(read_form)]


def _iso(text: str) -> str:
    """Else a number in an address would be read as the seconds of a clock."""
    if not _ISO_DAY.fullmatch(text):
        raise ValueError("no day")
    return text


PathDay = Annotated[date, BeforeValidator(_iso)]
"""a day in an address, as 2026-11-23"""


def known_zone(name: str) -> str:
    """An IANA zone name. Raises ValueError."""
    try:
        zone(name)
    except (KeyError, ValueError, OSError) as error:
        text = N_("Write a time zone such as Europe/Moscow.")
        raise ValueError(text) from error
    return name


def protocol_said(said: ValidationInfo) -> Protocol | None:
    """The protocol that ``check`` was given; None for a form that our own code fills in.

    Raises TypeError where a form that was sent is checked without one.
    """
    if said.context is None:
        return None
    found = said.context["protocol"]
    if not isinstance(found, Protocol):
        raise TypeError("this form asks the protocol, and was checked without one")
    return found


def check(
    model: type[T],
    form: Form,
    tr: Translator,
    days: Mapping[str, Limits] | None = None,
    protocol: Protocol | None = None,
) -> Checked[T]:
    """Hold ``form`` to ``model``: a list field takes many values, any other just one.

    ``days``: the limits of each date of the model; none can be left out. ``protocol``: the one in
    force, for a model that asks it what may be answered (`protocol_said`).
    """
    days = days or {}
    if date_fields(model) - getattr(model, "diary_days", frozenset()) != set(days):
        raise TypeError(f"{model.__name__}: each date needs its limits, and nothing else has any")
    values: dict[str, Any] = {}
    kinds = {one.alias or name: str(one.annotation) for name, one in model.model_fields.items()}
    errors = _unclear(kinds, form, tr) | form.said(tr)
    for name, typed in form.fields.items():
        known = model.model_fields.get(name)
        if name == SURE and known is None and any(one.usual for one in days.values()):
            continue
        sent = _plainly(kinds.get(name, ""), typed)
        if known is not None and str(known.annotation).startswith(("list", "tuple")):
            values[name] = sent
        elif len(sent) > 1:
            errors.setdefault(name, tr("This came twice. Please answer it once."))
        elif known is not None and sent[0].strip() == "" and not known.is_required():
            continue  # a field left blank is a field left out
        else:
            values[name] = sent[0]
    try:
        value = model.model_validate(values, context={"protocol": protocol})
    except ValidationError as error:
        found = {_name(fault): say(fault, tr) for fault in error.errors()}
        errors = found | errors
        value = None
    typed_days = days_typed(days, value, values)
    late = {name: days[name].fault(day, tr) for name, day in typed_days.items()}
    errors = {name: text for name, text in late.items() if text} | errors
    asked = {name: day for name, day in typed_days.items() if _unusual(days[name], day, tr)}
    for name, day in asked.items():
        usual = days[name].usual
        if usual and f"{name}:{day.isoformat()}" not in form.fields.get(SURE, []):
            errors.setdefault(name, ask_back(day, usual, tr))
    return Checked(None if errors else value, errors, form.fields, asked)


def _unusual(limits: Limits, day: date, tr: Translator) -> bool:
    return limits.unusual(day) and not limits.fault(day, tr)


def _unclear(kinds: Mapping[str, str], form: Form, tr: Translator) -> dict[str, str]:
    """The numbers that could be two."""
    return {
        name: tr(TWO_WAYS)
        for name, typed in form.fields.items()
        if _COUNTED.search(kinds.get(name, "")) and any(map(two_ways, typed))
    }


def _plainly(annotation: str, typed: list[str]) -> list[str]:
    """Numbers with a decimal point and no spaces; dates and times in plain digits."""
    if _DATED.search(annotation):
        return [plain(text) for text in typed]
    return [number(text) for text in typed] if _COUNTED.search(annotation) else typed


def _name(fault: Any) -> str:
    return str(fault["loc"][0]) if fault["loc"] else ""


def say(fault: Any, tr: Translator) -> str:
    """A Pydantic fault in plain words; it never repeats what was typed."""
    kind, context = fault["type"], fault.get("ctx", {})
    if kind == "value_error":
        return tr(str(context["error"]))
    if kind in ("greater_than_equal", "less_than_equal", "greater_than", "less_than"):
        limit = next(iter(context.values()))
        texts = {"g": N_("Must be at least %(limit)s."), "l": N_("Must be at most %(limit)s.")}
        shown = tr.number(limit, 2) if isinstance(limit, int | float) else limit
        return tr(texts[kind[0]], limit=shown)
    if kind == "string_too_long":
        return tr("Too long: at most %(limit)s characters.", limit=context["max_length"])
    if kind in ("int_parsing", "float_parsing", "int_from_float", "finite_number"):
        return tr("Write a number.")
    if kind.startswith(("date", "time")):
        return tr("Choose a date or time that exists.")
    if kind in ("missing", "string_too_short", "string_type"):
        return tr("Please answer this.")
    if kind == "extra_forbidden":
        return tr("This page has no such field.")
    return tr("Choose one of the answers shown.")
