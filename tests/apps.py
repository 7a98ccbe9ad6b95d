"""The app of a test: its routes are read once for all, as that takes longer than most tests."""

import copy
from collections.abc import Callable
from datetime import datetime

from fastapi import FastAPI
from starlette.datastructures import State

from app.db import Database
from app.main import create_app

_never_run: list[FastAPI] = []


def app_of(database: Database, clock: Callable[[], datetime]) -> FastAPI:
    """An app with a state and a stack of middleware of its own, over the routes of them all.

    What does not change with a test comes from an app that never runs, and so is as new.
    """
    if not _never_run:
        _never_run.append(create_app(database.settings, database, clock))
    (pristine,) = _never_run
    state = dict(pristine.state._state)
    own = {"settings": database.settings, "database": database, "clock": clock}
    twin = copy.copy(pristine)
    twin.state = State(copy.deepcopy({**state, **dict.fromkeys(own)}))
    twin.state._state.update(own)
    twin.exception_handlers = dict(pristine.exception_handlers)
    twin.user_middleware = list(pristine.user_middleware)
    twin.middleware_stack = None
    return twin
