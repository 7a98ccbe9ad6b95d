"""What the journey asks of a browser, whatever its engine: few things, done as a person does."""

import time
from collections.abc import Callable
from typing import Any, Protocol

PATIENCE = 40.0  # seconds
# Scrolled to where nothing that stands still covers it.
SHOWN = """
  const shown = (el) => { if (el) el.scrollIntoView({block: "center", behavior: "instant"});
    return el || null; };"""
# What somebody would press: by its words, and of several the last that is seen.
PRESSABLE = (
    SHOWN
    + """
  const seen = (el) => el.getClientRects().length && getComputedStyle(el).visibility !== "hidden";
  const said = (el) => el.innerText.replace(/\\s+/g, " ").trim();
  return shown([...document.querySelectorAll("button, a")]
    .filter((el) => seen(el) && said(el).includes(arguments[0])).pop());"""
)
FIELD = (
    SHOWN
    + """
  const asked = (el) => el.innerText.replace(/\\s+/g, " ").trim().startsWith(arguments[0]);
  const label = [...document.querySelectorAll("label")].find(asked);
  return shown(label && label.control);"""
)
# The label is what is tapped: the circle itself is drawn by it.
CHOICE = (
    SHOWN
    + """
  const el = [...document.querySelectorAll("input")]
    .find((one) => one.name === arguments[0] && one.value === arguments[1]);
  return shown(el && (el.closest("label") || el));"""
)


class Driver(Protocol):
    """One window of one engine."""

    def go(self, address: str) -> None: ...

    def run(self, script: str, *told: Any) -> Any:
        """What the body of a function gives back; an element comes as something to click."""

    def click(self, element: Any) -> None: ...

    def type(self, element: Any, text: str) -> None: ...

    def close(self) -> None: ...


class Journeyed(Exception):
    """The journey stopped; the message says where, and what stood on the page."""


class Window:
    """A person at a window. Whatever is not there yet is waited for."""

    def __init__(self, driver: Driver, origin: str):
        self.driver = driver
        self.origin = origin

    def open(self, path: str) -> None:
        self.driver.go(self.origin + path)

    def wait(self, what: str, holds: Callable[[], Any]) -> Any:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                found = holds()
            except Exception:  # the page is on its way: the engines name this differently
                found = None
            if found:
                return found
            if time.monotonic() > end:
                raise Journeyed(f"{what}: not on {self.path()}, which says:\n{self.text()[:600]}")
            time.sleep(0.1)

    def path(self) -> str:
        return str(self.driver.run("return location.pathname"))

    def text(self) -> str:
        return str(self.driver.run("return document.body.innerText"))

    def at(self, path: str) -> None:
        self.wait(f"the page {path}", lambda: self.path() == path)

    def reads(self, words: str) -> None:
        self.wait(f"“{words}”", lambda: words.lower() in self.text().lower())

    def press(self, words: str) -> None:
        """The button or link of these words; and then the next page."""
        element = self.wait(f"“{words}”", lambda: self.driver.run(PRESSABLE, words))
        self.driver.run("window.pressed = true")
        self.driver.click(element)
        self.wait(
            f"what follows “{words}”",
            lambda: self.driver.run("return !window.pressed && document.readyState === 'complete'"),
        )

    def fill(self, label: str, text: str) -> None:
        self.driver.type(self.wait(label, lambda: self.driver.run(FIELD, label)), text)

    def choose(self, name: str, value: object) -> None:
        element = self.wait(f"{name} {value}", lambda: self.driver.run(CHOICE, name, str(value)))
        self.driver.click(element)
        checked = f"return document.querySelector('input[name={name}][value=\"{value}\"]').checked"
        self.wait(f"{name} chosen", lambda: self.driver.run(checked))

    def names(self, css: str) -> list[str]:
        """The names of what stands on the page, each once."""
        script = "return [...document.querySelectorAll(arguments[0])].map((el) => el.name)"
        return list(dict.fromkeys(self.driver.run(script, css)))
