"""Help first: the page that answers what cannot wait, and the token that tells it once."""

from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from app.instruments.loader import load_instrument
from app.web.forms import Form
from app.web.pages import numbers_of, page, tr_of

KIND = "danger"


def told_by(form: Form, said: Iterable[str]) -> Form:
    """The form under a token that tells this danger of it; it has none if the form has none."""
    if not form.token:
        return form
    words = " ".join([form.token, *said])
    return replace(form, token=f"{KIND}-{sha256(words.encode()).hexdigest()[:40]}")


def stop_page(request: Request, form: Form, action: str, text: str) -> Response:
    """Help first; the page that could not be stored whole is sent again from there."""
    tr, numbers = tr_of(request), numbers_of(request)
    texts = load_instrument("help")
    crisis = numbers.crisis or numbers.emergency
    context = {
        "heading": texts.title.say(tr.lang),
        "message": texts.texts[text].say(tr.lang, emergency=numbers.emergency, crisis=crisis),
        "sent": texts.texts["sent"].say(tr.lang, emergency=numbers.emergency),
        "tone": "bad" if text == "emergency" else "warn",
        "action": action,
        "fields": [*form.pairs(), ("idem", uuid4().hex)],
    }
    return page(request, "sent/stop.html", context)
