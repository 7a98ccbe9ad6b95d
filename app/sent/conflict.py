"""The page for one token with two different answers: both are shown, the person decides."""

from collections.abc import Iterable, Sequence
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from app.web.forms import Form
from app.web.pages import page


def show_conflict(
    request: Request,
    saved: Sequence[str] | None,
    sent: Sequence[str],
    form: Form,
    action: str,
    more: Iterable[tuple[str, str]] = (),
) -> Response:
    """409 with the ``saved`` and the ``sent`` answer in words.

    ``saved`` is None where nothing stands in the place of what was sent: the token came with
    another page, and what that one made is not shown here.

    "Replace my answer" posts the sent form to ``action`` under a token of its own, which makes
    it a correction; ``more`` are fields that the correction needs besides.
    """
    context = {
        "earlier": saved,
        "sent": sent,
        "fields": [*form.pairs(), *more],
        "action": action,
        "idem": uuid4().hex,
        "back": None,
    }
    return page(request, "sent/conflict.html", context, 409)
