"""The words of alert mail: how soon, which flag, where to look, and nothing about anybody."""

from collections.abc import Sequence
from typing import Protocol

from app.i18n import N_, translator
from app.outbox.service import Mail
from app.outbox.templates import render_mail
from app.rules.finding import Severity

# The same words as on the tags of the page.
SOON = {
    Severity.EMERGENCY: N_("Now"),
    Severity.URGENT: N_("Today"),
    Severity.ROUTINE: N_("This week"),
}


class Mentioned(Protocol):
    """What mail may say of a flag."""

    @property
    def public_id(self) -> str: ...
    @property
    def reference(self) -> str: ...
    @property
    def severity(self) -> Severity: ...


def alert_mail(
    lang: str, flags: Sequence[Mentioned], base_url: str, *, again: bool = False
) -> Mail:
    """One mail about the flags of one submission, the gravest first.

    ``again``: it is sent because nobody acknowledged the flags so far.
    """
    tr = translator(lang)
    ordered = sorted(flags, key=lambda flag: -flag.severity)
    context = {
        "_": tr,
        "ngettext": tr.n,
        "lang": lang,
        "soon": tr(SOON[ordered[0].severity]),
        "emergency": ordered[0].severity is Severity.EMERGENCY,
        "again": again,
        "flags": [
            (tr(SOON[flag.severity]), flag.reference, f"{base_url}/flags/{flag.public_id}")
            for flag in ordered
        ],
    }

    return render_mail("alert", context)


def digest_mail(lang: str, flags: Sequence[Mentioned], base_url: str) -> Mail:
    """The day's mail about what can wait until the next session."""
    tr = translator(lang)
    listed = [(flag.reference, f"{base_url}/flags/{flag.public_id}") for flag in flags]
    return render_mail("digest", {"_": tr, "ngettext": tr.n, "lang": lang, "flags": listed})
