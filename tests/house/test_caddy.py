"""The file for Caddy says of limits and addresses what the server and its settings say."""

import re
import shutil
import subprocess

import pytest

from app.listener import Listener
from app.settings import Settings
from app.start import server_options
from app.web.bodies import MAX_TAKEN
from tests.house.source import ROOT

FILE = ROOT / "deploy" / "Caddyfile"
UNITS = {"KiB": 2**10, "MiB": 2**20}
pytestmark = pytest.mark.req("W7")


def lines():
    """What is not a comment, without its indent."""
    found = (line.strip() for line in FILE.read_text(encoding="utf-8").splitlines())
    return [line for line in found if line and not line.startswith("#")]


def told(name):
    (found,) = [line.split() for line in lines() if line.split()[0] == name]
    return found[1]


def size(name):
    number, unit = re.fullmatch(r"(\d+)(KiB|MiB)", told(name)).groups()
    return int(number) * UNITS[unit]


def seconds(name):
    number, unit = re.fullmatch(r"(\d+)([sm])", told(name)).groups()
    return int(number) * {"s": 1, "m": 60}[unit]


def test_the_proxy_takes_what_the_server_takes():
    assert size("max_header_size") == Listener.HEAD
    assert size("max_size") == MAX_TAKEN < Listener.BODY
    assert seconds("read_header") == Listener.PATIENCE
    assert seconds("keepalive") < server_options(Settings())["timeout_keep_alive"]
    assert seconds("read_body") >= 64 * 1024 / Listener.RATE + Listener.PATIENCE


def test_the_proxy_names_the_client_and_the_server_believes_it_alone():
    settings = Settings()
    assert told("reverse_proxy") == f"127.0.0.1:{settings.port}"
    assert "header_up X-Forwarded-For {remote_host}" in lines()
    assert "header_up -Forwarded" in lines() and "header -Server" in lines()
    comments = FILE.read_text(encoding="utf-8")
    assert "DAYBOOK_TRUSTED_PROXY=127.0.0.1" in comments
    (site,) = [
        line.split()[0] for line in lines() if line.endswith(" {") and "." in line.split()[0]
    ]
    assert f"DAYBOOK_BASE_URL=https://{site}" in comments
    assert not any(line.split()[0] == "log" for line in lines())


def test_its_braces_are_whole_and_caddy_takes_it_where_there_is_one():
    depth = 0
    for line in lines():
        depth += line.endswith("{") - (line == "}")
        assert depth >= 0
    assert depth == 0
    if caddy := shutil.which("caddy"):
        command = [caddy, "validate", "--adapter", "caddyfile", "--config", str(FILE)]
        subprocess.run(command, check=True, capture_output=True, timeout=30)
