"""The page of thresholds in words: families of rules, a sentence for each number. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.i18n import Translator
from app.languages import decimal
from app.protocol.model import Protocol, Threshold
from app.thresholds.words import VALUE, WORDS, Family


@dataclass(frozen=True, slots=True)
class ShownNumber:
    """One threshold: its sentence up to the number, the number, and the rest of the sentence."""

    name: str
    title: str
    """what it decides, in a few words"""
    before: str
    after: str
    typed: str
    """what stands in the field"""
    now: str
    """what is in force, without its unit"""
    measured: str
    """what is in force, with its unit"""
    default: str
    """what came with the product, with its unit; empty where that is in force"""
    changed: bool
    source: str


@dataclass(frozen=True, slots=True)
class ShownFamily:
    """A family of rules; `open` where something in it wants to be seen."""

    key: str
    code: str
    name: str
    watches: str
    fixed: tuple[str, ...]
    numbers: tuple[ShownNumber, ...]
    changed: int
    other: int
    """numbers in force that are not those that came with the product"""
    open: bool


def shown_families(
    protocol: Protocol,
    bundled: Protocol,
    typed: Mapping[str, Sequence[str]],
    changes: Mapping[str, float],
    errors: Mapping[str, str],
    tr: Translator,
    *,
    all_open: bool = False,
) -> list[ShownFamily]:
    """Every family in order. `typed`: fields as they were sent; `changes`: what they change."""
    found = []
    for words in WORDS:
        numbers = tuple(
            _number(words, key, protocol, bundled, typed, changes, tr) for key in words.says
        )
        changed = sum(one.changed for one in numbers)
        other = sum(bool(one.default) for one in numbers)
        wrong = any(one.name in errors for one in numbers)
        found.append(
            ShownFamily(
                key=words.key,
                code=words.code,
                name=words.name.in_(tr.lang),
                watches=words.watches.in_(tr.lang),
                fixed=tuple(_fixed(one.in_(tr.lang), protocol, tr) for one in words.fixed),
                numbers=numbers,
                changed=changed,
                other=other,
                open=all_open or wrong or bool(changed or other),
            )
        )
    return found


def _number(
    words: Family,
    key: str,
    protocol: Protocol,
    bundled: Protocol,
    typed: Mapping[str, Sequence[str]],
    changes: Mapping[str, float],
    tr: Translator,
) -> ShownNumber:
    name = f"{words.key}.{key}"
    before, _, after = words.says[key].in_(tr.lang).partition(VALUE)
    one, default = protocol.thresholds[name], bundled.thresholds[name].value
    now = shown_number(one.value, tr.lang)
    return ShownNumber(
        name=name,
        title=one.name.in_(tr.lang),
        before=before,
        after=after,
        typed=_typed(name, typed, changes, now, tr),
        now=now,
        measured=_measured(one, one.value, tr.lang),
        default="" if default == one.value else _measured(one, default, tr.lang),
        changed=name in changes,
        source=one.source.in_(tr.lang),
    )


def _typed(
    name: str,
    typed: Mapping[str, Sequence[str]],
    changes: Mapping[str, float],
    now: str,
    tr: Translator,
) -> str:
    """As it was read, so that nobody signs another number; what cannot be read, as it was typed."""
    if name in changes:
        return shown_number(changes[name], tr.lang)
    return typed[name][0] if typed.get(name) else now


def _measured(one: Threshold, value: float, language: str) -> str:
    return f"{shown_number(value, language)} {one.unit.after(value, language)}"


def _fixed(text: str, protocol: Protocol, tr: Translator) -> str:
    """What no number of the page changes; amounts that the protocol's file sets are named."""
    urgent = protocol.due.urgent
    return text.format(
        male=shown_number(protocol.heavy_day.male, tr.lang),
        female=shown_number(protocol.heavy_day.female, tr.lang),
        dose=shown_number(protocol.dose_mg, tr.lang),
        hours="–" if urgent is None else shown_number(urgent.total_seconds() / 3600, tr.lang),
    )


def shown_number(value: float, language: str) -> str:
    """A number as a reader writes it, so that the field takes it back as it is."""
    text = repr(int(value) if float(value).is_integer() else value)
    shown = decimal(text, language)
    # A comma before exactly three digits could as well mean thousands.
    return shown + "0" * (len(shown.partition(",")[2]) == 3)


def in_a_line(changes: Mapping[str, float]) -> str:
    """These very changes, whatever order they came in."""
    return ";".join(f"{name}={value!r}" for name, value in sorted(changes.items()))
