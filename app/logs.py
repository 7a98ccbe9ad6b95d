"""Log lines: each with its moment and its level, on one line, and with nothing anybody entered.

Our own loggers are written with care. What others log (the server, a driver, an exception nobody
foresaw) may repeat a value, so of theirs only who spoke, and where, is written down.
"""

import logging
import sys
import threading
import time
from collections.abc import Iterable
from copy import copy
from pathlib import Path
from traceback import FrameSummary, extract_tb
from types import TracebackType
from typing import Any

OURS = "daybook"
DENIED = frozenset((401, 403, 404, 429))
log = logging.getLogger(OURS)


class Lines(logging.Formatter):
    """``2026-11-23T06:00:00.123Z WARNING daybook: request 4f…: …``."""

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__(
            "%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S"
        )

    def format(self, record: logging.LogRecord) -> str:
        line = copy(record)
        line.exc_text = line.stack_info = None
        if line.name.partition(".")[0] != OURS:
            line.msg, line.args = "%s, line %s", (Path(record.pathname).name, record.lineno)
        return " | ".join(super().format(line).splitlines())

    def formatException(self, ei: Any) -> str:
        kind, _, trace = ei
        return f"{kind.__name__ if kind else 'nothing'} at {_where(trace)}"


def _where(trace: TracebackType | None) -> str:
    frames: Iterable[FrameSummary] = reversed(extract_tb(trace))
    return " < ".join(f"{Path(one.filename).name}:{one.lineno}" for one in frames) or "nowhere"


def begin() -> None:
    """All lines of this process go to standard error in this form; asked twice is asked once."""
    root = logging.getLogger()
    if not any(isinstance(one.formatter, Lines) for one in root.handlers):
        handler = logging.StreamHandler()
        handler.setFormatter(Lines())
        root.addHandler(handler)
    log.setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
    sys.excepthook = _ended
    threading.excepthook = lambda args: _ended(args.exc_type, args.exc_value, args.exc_traceback)


def _ended(kind: type[BaseException], value: Any, trace: TracebackType | None) -> None:
    """In place of a trace whose last line is the words of the error."""
    if issubclass(kind, KeyboardInterrupt | SystemExit):
        return
    log.critical("ended by an error", exc_info=(kind, value, trace))


def denied(scope: Any, status: int) -> None:
    """Who was refused what: the route by its name and the asker by the role, no value of either."""
    state = scope.get("state", {})
    me = state.get("me")
    route = getattr(scope.get("endpoint"), "__name__", "no route")
    role = "nobody" if me is None else getattr(me, "role", "participant")
    log.warning("request %s: %d at %s to %s", state.get("request_id"), status, route, role)
