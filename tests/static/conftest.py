from collections.abc import Callable, Iterator
from typing import Any

import look_guide
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.chromium import ARGUMENTS, find


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = find()  # before Playwright starts: it may ask Playwright itself
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def look(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page of the guide: look("today", width=320, render={"lang": "ru"}, …)."""
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
