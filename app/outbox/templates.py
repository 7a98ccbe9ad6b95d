"""A mail from its three templates: subject, text and HTML."""

from collections.abc import Mapping
from typing import Any

from app.outbox.service import Mail
from app.web.pages import environment


def render_mail(name: str, context: Mapping[str, Any]) -> Mail:
    """The mail ``name`` of ``templates/mail``; the subject becomes one line."""

    def part(ending: str) -> str:
        return environment.get_template(f"mail/{name}.{ending}").render(context)

    return Mail(" ".join(part("subject.txt").split()), part("txt"), part("html"))
