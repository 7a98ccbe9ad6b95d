"""An engine that is not on the machine is no engine that passed."""

import sys

import pytest

from tests import chromium
from tests.engines import __main__ as engines
from tests.engines import engines as known


@pytest.mark.parametrize(
    ("name", "package"),
    [("Chromium", "chromium"), ("Firefox", "firefox-esr"), ("WebKit", "webkit2gtk-driver")],
)
def test_what_is_missing_is_named_in_one_line_and_counts_as_not_run(
    monkeypatch, capsys, name, package
):
    monkeypatch.setattr(known.shutil, "which", lambda _program: None)
    monkeypatch.setattr(chromium, "find", lambda: None)
    monkeypatch.setattr(sys, "argv", ["engines", name])
    assert engines.main() == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(name) and "not run" in line and f"install {package}" in line
