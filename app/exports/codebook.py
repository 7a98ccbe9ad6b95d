"""What each column means, as a Frictionless data package beside the CSV files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.exports.sheets import SHEETS, Column, Sheet
from app.i18n import translator
from app.languages import LANGUAGES

PROFILE = "tabular-data-package"


def datapackage(site: str, protocol: str, now: datetime, counts: Mapping[str, int]) -> bytes:
    """The descriptor (Data Package 1.0), with every title in each language."""
    told = {
        "profile": PROFILE,
        "name": "daybook-export",
        "title": f"Daybook, {site}",
        "created": now.isoformat(),
        "protocol_version": protocol,
        "resources": [_resource(one, counts.get(one.name, 0)) for one in SHEETS],
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"


def _resource(sheet: Sheet, rows: int) -> dict[str, Any]:
    return {
        "name": sheet.name,
        "path": f"{sheet.name}.csv",
        "profile": "tabular-data-resource",
        "encoding": "utf-8",
        "format": "csv",
        "mediatype": "text/csv",
        **_said(sheet.title),
        "rows": rows,
        "schema": {
            "fields": [_field(one) for one in sheet.columns],
            "primaryKey": list(sheet.key),
            "missingValues": [""],
        },
    }


def _field(one: Column) -> dict[str, Any]:
    found: dict[str, Any] = {"name": one.name, "type": one.kind, **_said(one.title)}
    if one.kind == "datetime":
        found["format"] = "any"
    if one.kind == "boolean":
        found |= {"trueValues": ["true"], "falseValues": ["false"]}
    if one.unit:
        found["unit"] = one.unit
    return found


def _said(title: str) -> dict[str, Any]:
    """The English title, and those of all languages beside it."""
    return {
        "title": title,
        "titles": {key: translator(key)(title) for key in LANGUAGES},
    }
