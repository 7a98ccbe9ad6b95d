"""Replayed flags, alert burden and comparisons in print: on a terminal and in tables. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from app.i18n import Translator
from app.rules.compare import WORDS, Burden, Comparison, Difference
from app.rules.replay import Line
from app.rules.wording import sentences, title
from app.timeline.days import local
from app.timeline.known import Participant


def flag_line(line: Line, who: Participant, *, as_json: bool, named: bool) -> str:
    """One flag; ``named`` with the participant's code, where there are several."""
    if as_json:
        found = _as_json(line, who.timezone)
        if named:
            found = {"participant": who.code, **found}
        return json.dumps(found, ensure_ascii=False)
    text = _as_text(line, who.timezone)
    return f"{who.code}  {text}" if named else text


def burden_lines(found: Burden) -> list[str]:
    """Flags per participant-week by severity, the gravest first."""
    lines = [f"{found.weeks:.1f} participant-weeks"]
    for word in WORDS:
        rate = found.per_week(word)
        per_week = "" if rate is None else f", {rate:.3f} per participant-week"
        lines.append(f"{word:<9}  {found.flags.get(word, 0)}{per_week}")
    return lines


def comparison_lines(found: Comparison) -> list[str]:
    """Both burdens side by side, then what appears and what vanishes."""
    lines = [
        f"{found.now.weeks:.1f} participant-weeks",
        f"{'':<9}  {'in force':>16}  {'other':>16}",
    ]
    for word in WORDS:
        lines.append(f"{word:<9}  {_figure(found.now, word):>16}  {_figure(found.other, word):>16}")
    lines += _differences("Flags that appear", found.appear)
    lines += _differences("Flags that vanish", found.vanish)
    return lines


def _figure(found: Burden, word: str) -> str:
    rate = found.per_week(word)
    return f"{found.flags.get(word, 0)} ({'-' if rate is None else f'{rate:.3f}'}/week)"


def _differences(heading: str, found: Sequence[Difference]) -> list[str]:
    lines = [f"{heading}: {len(found)}"]
    for one in found:
        finding = one.line.finding
        about = finding.about.strftime("%Y-%m-%d %H:%MZ")
        lines.append(f"  {one.code}  {finding.severity.word:<9}  {finding.rule:<6}  {about}")
    return lines


def _as_json(line: Line, zone: str) -> dict[str, object]:
    finding = line.finding
    return {
        "rule": finding.rule,
        "family": finding.family,
        "severity": finding.severity.word,
        "raised_at": _local(line.raised_at, zone),
        "about": _local(finding.about, zone),
        "because": sentences(finding.because),
        "rules_version": line.rules_version,
    }


def _as_text(line: Line, zone: str) -> str:
    finding = line.finding
    head = (
        f"{_local(line.raised_at, zone)}  {finding.severity.word:<9}  {finding.rule:<6}"
        f"  {title(finding.rule)} (about {_local(finding.about, zone)})"
    )
    return "\n".join([head, *(f"    {text}" for text in sentences(finding.because))])


def _local(value: datetime, zone: str) -> str:
    return local(value, zone).isoformat()


def figure_rows(found: Comparison, tr: Translator) -> list[tuple[str, str, str]]:
    """Severity, flags in force and flags under the other thresholds, for a table."""
    return [(word, _cell(found.now, word, tr), _cell(found.other, word, tr)) for word in WORDS]


def _cell(found: Burden, word: str, tr: Translator) -> str:
    rate = found.per_week(word)
    count = tr.number(found.flags.get(word, 0))
    return count if rate is None else f"{count} ({tr.number(rate, 3)})"


def difference_rows(found: Sequence[Difference], tr: Translator) -> list[tuple[str, str, str, str]]:
    """Code, severity, title of the rule and day, in the language of ``tr``."""
    return [
        (
            one.code,
            one.line.finding.severity.word,
            title(one.line.finding.rule, tr.lang),
            tr.day_inline(one.day, "d MMM y"),
        )
        for one in found
    ]
