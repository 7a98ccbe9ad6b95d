"""A Chromium for the journeys: found, or installed, or one plain line that says what to do."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests import fonts

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
# Chromium's own sandbox does not start for root; the pages are our own, on loopback.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def _playwright_browser() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def find() -> str | None:
    """The path of a Chromium on this machine."""
    named = os.environ.get("DAYBOOK_CHROMIUM")
    if named:
        return named
    installed = next((path for name in NAMES if (path := shutil.which(name))), None)
    return installed or _playwright_browser()


class Chromiums:
    """A browser for each set of fonts, started when it is first asked for."""

    def __init__(self, playwright: "Playwright", path: str | None, until: ExitStack):
        self._playwright = playwright
        self._path = path
        self._until = until
        self._open: dict[str, Browser] = {}

    def __call__(self, letters: str = fonts.NARROW) -> "Browser":
        if letters not in self._open:
            environment = self._until.enter_context(fonts.environment(letters))
            launched = self._playwright.chromium.launch(
                executable_path=self._path, args=ARGUMENTS, env=environment
            )
            self._until.callback(launched.close)
            self._open[letters] = launched
        return self._open[letters]


@contextmanager
def chromiums() -> Iterator[Chromiums]:
    """The only way to a browser: under the fonts of the tests, not under those of the machine."""
    from playwright.sync_api import sync_playwright

    path = find()  # before Playwright starts: it may ask Playwright itself
    with sync_playwright() as playwright, ExitStack() as until:
        yield Chromiums(playwright, path, until)


def _run(*command: str) -> None:
    if shutil.which(command[0]):
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def install() -> str | None:
    """By Playwright, else by the system's package manager; None if neither could."""
    _run(sys.executable, "-m", "playwright", "install", "--with-deps", "chromium")
    if not find():
        sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
        for manager in (["apt-get"], ["dnf"], ["apk"]):
            if shutil.which(manager[0]):
                if manager[0] == "apt-get":
                    _run(*sudo, "apt-get", "update", "-qq")
                add = ["add"] if manager[0] == "apk" else ["install", "-y"]
                _run(*sudo, *manager, *add, "chromium")
    return find()


def main() -> None:
    if not (find() or install()):
        sys.exit(
            "The journeys need a Chromium: install the package 'chromium', or set "
            "DAYBOOK_CHROMIUM to the path of one, and run again."
        )


if __name__ == "__main__":
    main()
