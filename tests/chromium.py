"""A Chromium for the journeys: found, or installed, or one plain line that says what to do."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests import fonts
from tests.smtp import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Playwright

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
        self._environments: dict[str, dict[str, Any]] = {}

    def __call__(self, letters: str = fonts.NARROW) -> "Browser":
        if letters not in self._open:
            launched = self._playwright.chromium.launch(
                executable_path=self._path, args=ARGUMENTS, env=self._environment(letters)
            )
            self._until.callback(launched.close)
            self._open[letters] = launched
        return self._open[letters]

    def _environment(self, letters: str) -> dict[str, Any]:
        if letters not in self._environments:
            self._environments[letters] = self._until.enter_context(fonts.environment(letters))
        return self._environments[letters]

    def on_folder(self, folder: Path) -> tuple["subprocess.Popen[bytes]", "BrowserContext"]:
        """A browser whose files stay in the folder when it is killed, and its one window."""
        port = folder / "DevToolsActivePort"
        port.unlink(missing_ok=True)
        window = ["--headless=new", "--remote-debugging-port=0", "--window-size=390,844"]
        process = subprocess.Popen(
            [str(self._path), *ARGUMENTS, *window, f"--user-data-dir={folder}", "about:blank"],
            env=self._environment(fonts.NARROW),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(lambda: port.exists() and port.read_text().count("\n") == 1)
        number = port.read_text().splitlines()[0]
        browser = self._playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{number}")
        return process, browser.contexts[0]


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
