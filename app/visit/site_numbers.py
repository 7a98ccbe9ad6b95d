"""A site's telephone numbers: read with whoever asks, and remembered for when nothing answers.

A page of somebody known has the numbers from the read that knew them. What is remembered here is
for strangers and for pages about a database that is away; every page that shows numbers to a
stranger reads them anew first, since another process may have changed them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from app.models.people import SITE, SITE_NUMBERS
from app.web.telephone import Numbers

_ALL = (
    select(
        SITE.c.id,
        SITE.c.emergency_number,
        SITE.c.crisis_number,
        SITE.c.clinic_number,
        SITE_NUMBERS.c.language,
        SITE_NUMBERS.c.emergency,
        SITE_NUMBERS.c.crisis,
        SITE_NUMBERS.c.clinic,
    )
    .outerjoin(SITE_NUMBERS, SITE_NUMBERS.c.site_id == SITE.c.id)
    .order_by(SITE.c.id)
)
_ONE = _ALL.where(SITE.c.id == bindparam("site"))
_FIRST = _ALL.where(SITE.c.id == select(func.min(SITE.c.id)).scalar_subquery())


@dataclass(slots=True)
class OfSite:
    """The numbers of one site, and those of its own for a language."""

    usual: Numbers
    by_language: dict[str, Numbers] = field(default_factory=dict)

    def to(self, lang: str) -> Numbers:
        return self.by_language.get(lang, self.usual)


@dataclass(slots=True)
class KnownNumbers:
    """The numbers of every site by its id, as they were last read."""

    sites: dict[int, OfSite] = field(default_factory=dict)

    def to(self, lang: str, site: int | None = None) -> Numbers:
        """What somebody of ``site`` who reads ``lang`` is told to call.

        Where the site is not known, those of the first one; with no site yet, the European
        emergency number.
        """
        first = self.sites[min(self.sites)] if self.sites else OfSite(Numbers())
        return self.sites.get(site or 0, first).to(lang)

    def learn_all(self, session: Session) -> None:
        self.sites = dict(_by_site(session.execute(_ALL)))

    def learn(self, session: Session, site: int | None) -> None:
        """The numbers of one site anew; of the first one where nobody knows which."""
        found = session.execute(_FIRST) if site is None else session.execute(_ONE, {"site": site})
        self.sites |= _by_site(found)


def numbers_of_site(session: Session, site: int) -> OfSite:
    """Raises KeyError where there is no such site."""
    return _by_site(session.execute(_ONE, {"site": site}))[site]


def _by_site(rows: Iterable[Any]) -> Mapping[int, OfSite]:
    found: dict[int, OfSite] = {}
    for site, emergency, crisis, clinic, language, *own in rows:
        known = found.setdefault(site, OfSite(Numbers(emergency, crisis, clinic)))
        if language is not None:
            known.by_language[language] = Numbers(*own)
    return found
