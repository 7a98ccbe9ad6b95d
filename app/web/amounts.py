"""How much alcohol, in one phrase wherever it stands beside a count of drinks as poured. Pure."""

from app.i18n import Translator


def by_strength(grams: float, standard: float, tr: Translator) -> str:
    """«7.3 standard drinks by strength (10 g each)»: another count than that of the glasses."""
    return _said(tr.number(grams / standard), standard, tr)


def by_strength_form(standard: float, tr: Translator) -> str:
    """The same with ``#`` in place of the number, for the page to fill in as it is typed."""
    return _said("≈ #", standard, tr)


def _said(amount: str, standard: float, tr: Translator) -> str:
    return tr(
        "%(amount)s standard drinks by strength (%(grams)s g each)",
        amount=amount,
        grams=tr.number(standard),
    )
