"""Three engines behind one interface: Chromium by Playwright, Firefox by its own Marionette
protocol, WebKit by the driver of WebKitGTK. Each is found on the machine or named as missing."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests import chromium
from tests.engines.window import Driver
from tests.fonts import NARROW, environment
from tests.journeys.conftest import free_port
from tests.smtp import wait_until

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # how WebDriver and Marionette name an element
LANGUAGES = "en-GB"


class Missing(Exception):
    """The engine is not on this machine; the message says what to install."""


class Chromium:
    def __init__(self, page: Any):
        self._page = page

    def go(self, address: str) -> None:
        self._page.goto(address)

    def run(self, script: str, *told: Any) -> Any:
        whole = f"(told) => (function () {{ {script} }}).apply(null, told)"
        handle = self._page.evaluate_handle(whole, list(told))
        return handle.as_element() or handle.json_value()

    def click(self, element: Any) -> None:
        element.click()

    def type(self, element: Any, text: str) -> None:
        element.type(text)

    def close(self) -> None:
        self._page.context.close()


class Firefox:
    """Marionette: length, colon, and [0, number, command, parameters] as JSON."""

    def __init__(self, port: int):
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._read()  # who is speaking
        self._number = 0
        capabilities = {"alwaysMatch": {"pageLoadStrategy": "normal"}}
        self._ask("WebDriver:NewSession", capabilities=capabilities)

    def _read(self) -> Any:
        head = b""
        while not head.endswith(b":"):
            head += self._socket.recv(1) or self._gone()
        body = b""
        while len(body) < int(head[:-1]):
            body += self._socket.recv(int(head[:-1]) - len(body)) or self._gone()
        return json.loads(body)

    def _gone(self) -> bytes:
        raise ConnectionError("Firefox has closed the line")

    def _ask(self, command: str, **told: Any) -> Any:
        self._number += 1
        body = json.dumps([0, self._number, command, told]).encode()
        self._socket.sendall(str(len(body)).encode() + b":" + body)
        _, _, error, result = self._read()
        if error:
            raise RuntimeError(f"{command}: {error['error']}: {error['message']}")
        return result.get("value", result) if isinstance(result, dict) else result

    def go(self, address: str) -> None:
        self._ask("WebDriver:Navigate", url=address)

    def run(self, script: str, *told: Any) -> Any:
        return self._ask("WebDriver:ExecuteScript", script=script, args=list(told))

    def click(self, element: Any) -> None:
        self._ask("WebDriver:ElementClick", id=element[ELEMENT])

    def type(self, element: Any, text: str) -> None:
        self._ask("WebDriver:ElementSendKeys", id=element[ELEMENT], text=text)

    def close(self) -> None:
        self._socket.close()


class WebKit:
    """Plain WebDriver over HTTP."""

    def __init__(self, port: int):
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)
        browser = {"binary": _mini_browser(), "args": ["--automation"]}
        told = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": browser}}}
        self._session = f"/session/{self._ask('POST', '/session', told)['sessionId']}"

    def _ask(self, method: str, path: str, told: Any = None) -> Any:
        answer = self._client.request(method, path, json=told)
        value = answer.json()["value"]
        if answer.is_error:
            raise RuntimeError(f"{path}: {value['error']}: {value['message']}")
        return value

    def _post(self, path: str, **told: Any) -> Any:
        return self._ask("POST", self._session + path, told)

    def go(self, address: str) -> None:
        self._post("/url", url=address)

    def run(self, script: str, *told: Any) -> Any:
        return self._post("/execute/sync", script=script, args=list(told))

    def click(self, element: Any) -> None:
        self._post(f"/element/{element[ELEMENT]}/click")

    def type(self, element: Any, text: str) -> None:
        self._post(f"/element/{element[ELEMENT]}/value", text=text)

    def close(self) -> None:
        self._ask("DELETE", self._session)
        self._client.close()


def _mini_browser() -> str:
    places = sorted(Path("/usr/lib").glob("*/webkit2gtk-4*/MiniBrowser"))
    found = shutil.which("MiniBrowser") or (str(places[-1]) if places else None)
    if not found:
        raise Missing("MiniBrowser: install webkit2gtk-driver")
    return found


def _needed(name: str, package: str) -> str:
    found = shutil.which(name)
    if not found:
        raise Missing(f"{name}: install {package}")
    return found


@contextmanager
def _process(*command: str, **variables: str) -> Iterator[None]:
    """With all that it starts: a driver starts browsers of its own."""
    with environment(NARROW) as own:
        whole = {**own, **variables}
        started = subprocess.Popen(
            command,
            env={name: str(value) for name, value in whole.items()},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            yield
        finally:
            os.killpg(started.pid, signal.SIGTERM)
            try:
                started.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(started.pid, signal.SIGKILL)
                started.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def chromiums(until: ExitStack) -> Iterator[Callable[[], Driver]]:
    if not chromium.find():
        raise Missing("Chromium: install chromium, or set DAYBOOK_CHROMIUM")
    with chromium.chromiums() as started:
        yield lambda: Chromium(started().new_context(locale=LANGUAGES).new_page())


@contextmanager
def firefoxes(until: ExitStack) -> Iterator[Callable[[], Driver]]:
    """A Firefox of its own for each window: so nobody shares a cookie."""
    program = shutil.which("firefox-esr") or _needed("firefox", "firefox-esr")

    def window() -> Driver:
        folder = Path(until.enter_context(tempfile.TemporaryDirectory(prefix="firefox-")))
        port = free_port()
        wishes = {"marionette.port": port, "intl.accept_languages": LANGUAGES}
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in wishes.items()]
        (folder / "user.js").write_text("\n".join(lines), encoding="utf-8")
        command = (program, "--headless", "--marionette", "--no-remote", "--profile", str(folder))
        until.enter_context(_process(*command, HOME=str(folder)))
        wait_until(lambda: _listens(port))
        return Firefox(port)

    yield window


@contextmanager
def webkits(until: ExitStack) -> Iterator[Callable[[], Driver]]:
    """A driver and a browser for each window, on a screen that nobody sees."""
    driver = _needed("WebKitWebDriver", "webkit2gtk-driver")
    screens = _needed("Xvfb", "xvfb")
    _mini_browser()
    number = next(n for n in range(90, 190) if not Path(f"/tmp/.X11-unix/X{n}").exists())
    screen = f":{number}"
    until.enter_context(
        _process(screens, screen, "-screen", "0", "1280x900x24", "-nolisten", "tcp")
    )
    wait_until(Path(f"/tmp/.X11-unix/X{number}").exists)

    def window() -> Driver:
        home, port = until.enter_context(tempfile.TemporaryDirectory(prefix="webkit-")), free_port()
        variables = {
            "DISPLAY": screen,
            "HOME": home,
            "XDG_RUNTIME_DIR": home,
            "LANG": "en_GB.UTF-8",
            "LANGUAGE": "en_GB",
            # Root has no sandbox to give, and a screen in memory no accelerated drawing.
            "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
            "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
            "GDK_BACKEND": "x11",
        }
        until.enter_context(_process(driver, f"--port={port}", **variables))
        wait_until(lambda: _listens(port))
        return WebKit(port)

    yield window


ENGINES = {"Chromium": chromiums, "Firefox": firefoxes, "WebKit": webkits}
