from collections.abc import Callable, Iterator
from typing import Any

import look_guide
import pytest
from playwright.sync_api import Page

from tests.chromium import Chromiums
from tests.fonts import NARROW


@pytest.fixture
def look(request: pytest.FixtureRequest, chromiums: Chromiums) -> Iterator[Callable[..., Page]]:
    """Opens a page of the guide: look("today", width=320, render={"lang": "ru"}, …)."""
    asked = "letters" in request.fixturenames
    chromium = chromiums(request.getfixturevalue("letters") if asked else NARROW)
    contexts = []

    def open_page(
        name: str,
        width: int = 390,
        height: int = 844,
        render: dict[str, Any] | None = None,
        clock: bool = False,
        **context: Any,
    ) -> Page:
        contexts.append(
            chromium.new_context(viewport={"width": width, "height": height}, **context)
        )
        page = contexts[-1].new_page()
        if clock:
            page.clock.install()
        look_guide.serve(page, **(render or {}))
        page.goto(f"{look_guide.ORIGIN}/{name}")
        return page

    yield open_page
    for context in contexts:
        for page in context.pages:
            page.unroute_all(behavior="wait")  # closing under an open request may hang
        context.close()
