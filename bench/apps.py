"""Daybook itself, as a server of the benchmarks, by the machine's clock or one that stands still.

The folder says when its phones were opened. Under a clock that stands just behind that moment
nobody was last seen long ago, under one a minute later everybody was, and no phone ever locks
itself, however long the bench takes.
"""

from datetime import timedelta
from pathlib import Path

from fastapi import FastAPI

from app.main import create_app
from app.visit.identity import LOCK_AFTER, TOUCH_EVERY
from bench.people import made_at, settings_of

SOON, LATER = TOUCH_EVERY / 2, TOUCH_EVERY * 2


def daybook(folder: Path) -> FastAPI:
    return create_app(settings_of(folder))


def just_seen(folder: Path) -> FastAPI:
    return _at(folder, SOON)


def seen_a_while_ago(folder: Path) -> FastAPI:
    return _at(folder, LATER)


def _at(folder: Path, later: timedelta) -> FastAPI:
    now = made_at(folder) + later
    if later >= LOCK_AFTER:
        raise ValueError("the phones would be locked")
    return create_app(settings_of(folder), clock=lambda: now)
