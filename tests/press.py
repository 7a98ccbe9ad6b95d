"""Pages of the app in Chromium at the tests' own moment, without a network between them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

ORIGIN = "http://press.test"


class Press:
    """`browser` answers what the page asks for; nothing else is reached."""

    def __init__(self, browser: Any, chromium: Any):
        self.browser = browser
        self.chromium = chromium

    @contextmanager
    def page(self, width: int = 1280, height: int = 900, scheme: str = "light") -> Iterator[Any]:
        context = self.chromium.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme
        )
        page = context.new_page()
        page.route("**/*", self._answer)
        yield page
        page.unroute_all(behavior="wait")
        context.close()

    def _answer(self, route: Any) -> None:
        path, asked = route.request.url.removeprefix(ORIGIN), route.request
        if asked.method == "POST":
            found = self.browser.post(path, asked.post_data_json)
        else:
            found = self.browser.get(path)
        headers = {"content-type": found.headers["content-type"]}
        route.fulfill(status=found.status_code, headers=headers, body=found.content)


def sheets(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def fits(page: Any) -> bool:
    """Whether nothing scrolls sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
