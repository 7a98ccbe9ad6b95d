"""The pack as one HTML file that needs nothing else: to be printed, signed and filed. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from tests.trace.pack import Proof, Rule

_TEMPLATE = Environment(
    autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
).from_string((Path(__file__).parent / "page.html").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Of:
    """What the pack is of, and when it was made."""

    day: str
    commit: str
    committed: bool
    source: str


def page(of: Of, proofs: Sequence[Proof], rules: Sequence[Rule]) -> str:
    groups: dict[str, list[Proof]] = {}
    for one in proofs:
        groups.setdefault(one.requirement.group, []).append(one)
    open_ones = [one.requirement.id for one in proofs if one.fault]
    return _TEMPLATE.render(
        of=of, proofs=proofs, groups=groups.items(), rules=rules, open=open_ones
    )
