"""What an instrument is made of. Frozen: a form is built from it and never changes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

from pydantic import AfterValidator, Field, PlainValidator, ValidationInfo

from app.instruments.reading import Released
from app.instruments.text import Words
from app.instruments.vocabulary import FREE_TEXTS, ITEMS, KIND_OF, LISTS, SIGNS, Kind, Range
from app.languages import Text
from app.strict import Whole, Word, fitting, single, wrong


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a worded scale: the stored value and its word."""

    value: Whole
    label: Words


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a list: the stored code, its label and a line of help."""

    code: Word
    label: Words
    hint: Words | None = None


Scale = tuple[Point, ...]
# What an item has beside its words, by how it is asked.
PARTS: Mapping[Kind, tuple[str, ...]] = {
    "scale": (),
    "urge": ("low", "high"),
    "count": ("none",),
    "measure": ("unit",),
    "text": (),
}


def _keep(scales: Mapping[str, Scale], info: ValidationInfo[dict[str, Any]]) -> Any:
    """Scales stand in the file once; the questions after them name theirs."""
    info.context.update(scales)
    return scales


def _scale(name: object, info: ValidationInfo[dict[str, Any]]) -> Any:
    if not isinstance(name, str) or name not in info.context:
        raise wrong(f"names {name!r}, and there is no scale of that name in 'scales'")
    return info.context[name]


@dataclass(frozen=True, slots=True)
class Item:
    """One question.

    `kind` says how it is asked: `scale` by worded points, `urge` as 0-10 (stored times ten, with
    the anchors `low` and `high`), `count` as a whole number with an explicit `none`, `measure` as
    a number in `unit`, `text` in the person's own words. `range` is that of the stored value; of a
    text, the number of characters. `ask` is the whole question, for one question on a screen.
    """

    code: Word
    label: Words
    hint: Words | None = None
    ask: Words | None = None
    unit: Words | None = None
    none: Words | None = None
    low: Words | None = None
    high: Words | None = None
    points: Annotated[Scale, Field(alias="scale"), PlainValidator(_scale)] = ()
    kind: Kind = field(init=False)
    range: Range = field(init=False)

    def __post_init__(self) -> None:
        if self.code not in KIND_OF:
            raise wrong(f"names {self.code!r}, which is not a known item", "code")
        kind = KIND_OF[self.code]
        range_ = Range(0, FREE_TEXTS[self.code]) if kind == "text" else ITEMS[self.code]
        object.__setattr__(self, "kind", kind)
        object.__setattr__(self, "range", range_)
        fitting(self, PARTS[kind], ("unit", "none", "low", "high"))
        if bool(self.points) != (kind == "scale"):
            raise wrong("does not belong here" if self.points else "is missing", "scale")
        values = [point.value for point in self.points]
        if self.points and values != list(range(int(range_.low), int(range_.high) + 1)):
            raise wrong(f"does not have every value of {self.code!r} once and in order", "scale")


@dataclass(frozen=True, slots=True)
class Page:
    """One screen of questions.

    `none` is the button that answers every scale, count and sign of the page with "none" at once;
    a page without it has to be answered one by one. `signs` are the danger signs of the page, with
    the question above them and the words of "none of these".
    """

    key: Word
    heading: Words
    lead: Words | None = None
    none: Words | None = None
    items: tuple[Item, ...] = ()
    signs: tuple[Choice, ...] = ()
    signs_ask: Words | None = None
    signs_none: Words | None = None
    by_code: Mapping[str, Item] = field(init=False, repr=False, compare=False)
    fields: frozenset[str] = field(init=False, repr=False, compare=False)
    """the names of the form's fields that answer this page, its button left out"""

    def __post_init__(self) -> None:
        # Both are asked for at every answer, so they are worked out once.
        object.__setattr__(self, "by_code", {item.code: item for item in self.items})
        nones = {f"{item.code}_none" for item in self.items if item.kind == "count"}
        signs = {"signs"} if self.signs else set()
        object.__setattr__(self, "fields", frozenset({*self.by_code, *nones, *signs}))
        if not self.items and not self.signs:
            raise wrong("must ask something", "items")
        for sign in self.signs:
            if sign.code not in SIGNS:
                raise wrong(f"has {sign.code!r}, which is not a known sign", "signs")
        beside = ("signs_ask", "signs_none")
        if self.signs or self.signs_ask or self.signs_none:
            fitting(self, beside if self.signs else (), beside)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with plain lines and, where there are any, steps in their order."""

    key: Word
    heading: Words
    lines: tuple[Words, ...] = ()
    steps: tuple[Words, ...] = ()


def _whole(lists: Mapping[str, tuple[Choice, ...]]) -> Mapping[str, tuple[Choice, ...]]:
    for name, choices in lists.items():
        if name not in LISTS:
            raise wrong("is not a known list", name)
        if sorted(choice.code for choice in choices) != sorted(LISTS[name]):
            raise wrong(f"must have every code of the list once: {', '.join(LISTS[name])}", name)
    return lists


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument(Released):
    """One version of one instrument, complete in both languages.

    `recall` is the stretch of time that the questions are about; None where nothing is asked.
    """

    title: Words
    recall: Words | None = None
    scales: Annotated[Mapping[str, Scale], AfterValidator(_keep)] = field(default_factory=dict)
    texts: Mapping[str, Words] = field(default_factory=dict)
    pages: tuple[Page, ...] = ()
    lists: Annotated[Mapping[str, tuple[Choice, ...]], AfterValidator(_whole)] = field(
        default_factory=dict
    )
    sections: tuple[Section, ...] = ()

    def __post_init__(self) -> None:
        if (self.pages or self.lists) and self.recall is None:
            raise wrong("is missing, and something is asked", "recall")
        single((page.key for page in self.pages), "pages")
        single((item.code for item in self.items), "pages")
        single((sign.code for sign in self.signs), "pages")
        single((section.key for section in self.sections), "sections")

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
