"""What an instrument is made of. Frozen: a form is built from it and never changes it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.instruments.reading import Stamp
from app.instruments.vocabulary import Kind, Range
from app.languages import Text


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a worded scale: the stored value and its word."""

    value: int
    label: Text


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a list: the stored code, its label and a line of help."""

    code: str
    label: Text
    hint: Text | None


@dataclass(frozen=True, slots=True)
class Item:
    """One question.

    `kind` says how it is asked: `scale` by worded points, `urge` as 0-10 (stored times ten, with
    the anchors `low` and `high`), `count` as a whole number with an explicit `none`, `measure` as
    a number in `unit`, `text` in the person's own words. `range` is that of the stored value; of a
    text, the number of characters. `ask` is the whole question, for one question on a screen.
    """

    code: str
    kind: Kind
    label: Text
    range: Range
    hint: Text | None
    ask: Text | None
    unit: Text | None
    none: Text | None
    low: Text | None
    high: Text | None
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One screen of questions.

    `none` is the button that answers every scale, count and sign of the page with "none" at once;
    a page without it has to be answered one by one. `signs` are the danger signs of the page, with
    the question above them and the words of "none of these".
    """

    key: str
    heading: Text
    lead: Text | None
    none: Text | None
    items: tuple[Item, ...]
    signs: tuple[Choice, ...]
    signs_ask: Text | None
    signs_none: Text | None

    @property
    def fields(self) -> frozenset[str]:
        """The names of the form's fields that answer this page, its button left out."""
        nones = {f"{item.code}_none" for item in self.items if item.kind == "count"}
        signs = {"signs"} if self.signs else set()
        return frozenset({*(item.code for item in self.items), *nones, *signs})

    def item(self, code: str) -> Item | None:
        """Return the question with this code, or None."""
        return next((item for item in self.items if item.code == code), None)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with plain lines and, where there are any, steps in their order."""

    key: str
    heading: Text
    lines: tuple[Text, ...]
    steps: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Instrument:
    """One version of one instrument, complete in both languages.

    `recall` is the stretch of time that the questions are about; None where nothing is asked.
    """

    stamp: Stamp
    title: Text
    recall: Text | None
    texts: Mapping[str, Text]
    pages: tuple[Page, ...]
    lists: Mapping[str, tuple[Choice, ...]]
    sections: tuple[Section, ...]

    @property
    def key(self) -> str:
        """The instrument's key, stored with each answer."""
        return self.stamp.key

    @property
    def version(self) -> int:
        """The instrument's version, stored with each answer."""
        return self.stamp.version

    @property
    def approved(self) -> bool:
        """Whether a named person has approved these words for use with participants."""
        return bool(self.stamp.approved_by.strip())

    @property
    def items(self) -> tuple[Item, ...]:
        """Every question, in the order asked."""
        return tuple(item for page in self.pages for item in page.items)

    @property
    def signs(self) -> tuple[Choice, ...]:
        """Every danger sign, in the order shown."""
        return tuple(sign for page in self.pages for sign in page.signs)

    def label(self, code: str) -> Text:
        """Return the words of an item or a sign. Raises KeyError for a code not asked here."""
        labels = {item.code: item.label for item in self.items}
        return {**labels, **{sign.code: sign.label for sign in self.signs}}[code]

    def section(self, key: str) -> Section:
        """Return a section by its key. Raises KeyError."""
        for section in self.sections:
            if section.key == key:
                return section
        raise KeyError(key)

    def single_pages(self) -> tuple[Page, ...]:
        """Return the pages of the one-question-a-screen mode, from the same definition.

        Questions with a whole sentence of their own (`ask`) get a screen each; pages whose
        questions have none stay as they are.
        """
        pages: list[Page] = []
        for page in self.pages:
            if any(item.ask is None for item in page.items):
                pages.append(page)
            else:
                pages.extend(_alone(page, item) for item in page.items)
        return tuple(replace(page, key=f"s{place}") for place, page in enumerate(pages, 1))


def _alone(page: Page, item: Item) -> Page:
    return replace(page, heading=item.ask or page.heading, none=None, items=(item,))
