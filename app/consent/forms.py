"""What the forms about consent may say."""

from typing import Annotated, Literal

from pydantic import Field

from app.i18n import N_
from app.instruments.consent.text import ConsentText
from app.named import Id
from app.web.forms import Form, FormModel

# The field of a question: its key behind this, so that no question shadows a field of the form.
ASKED = "q-"
ROUNDS = 99


class AgreeForm(FormModel):
    """Agreeing to a text: the questions come beside it (``misunderstood``)."""

    text: Id
    round: Annotated[int, Field(ge=1, le=ROUNDS)]
    name: Annotated[str, Field(min_length=2, max_length=120)]
    agree: Literal["1"]


class ReadForm(FormModel):
    """A minor change was read."""

    text: Id


class TextForm(FormModel):
    """Another text for everybody at the site."""

    text: Id
    change: Literal["major", "minor"]
    reason: Annotated[str, Field(min_length=1, max_length=500)]


NEEDED = {
    "name": N_("Write your name."),
    "agree": N_("Tick this if you agree. If you do not, just close the page."),
    "change": N_("Choose what kind of change it is."),
    "reason": N_("Write the reason."),
}
UNANSWERED = N_("Please answer this.")


def misunderstood(text: ConsentText, form: Form, lang: str) -> dict[str, str]:
    """Each question that is open or not right yet, with where to read again; "" if open."""
    found = {}
    for one in text.questions:
        answers = form.fields.get(ASKED + one.key, [])
        if answers != [one.right]:
            found[ASKED + one.key] = one.hint.in_(lang) if answers and answers[0] else ""
    return found


def without_questions(text: ConsentText, form: Form) -> dict[str, list[str]]:
    """The fields of the form itself."""
    asked = {ASKED + one.key for one in text.questions}
    return {name: values for name, values in form.fields.items() if name not in asked}
