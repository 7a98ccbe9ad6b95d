"""An empty server gets its first site and its first administrator from the command line."""

import os
import subprocess
import sys

import pytest

SITE = ("site", "new", "Tomsk", "--zone", "Asia/Tomsk", "--emergency", "112")
ADMIN = ("staff", "new", "first@clinic.test", "--name", "Olga First", "--role", "admin")


@pytest.fixture
def daybook(tmp_path):
    """The command, in a folder of its own."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("DAYBOOK_")}
    env["DAYBOOK_DATA_DIR"] = str(tmp_path)

    def call(*words):
        return subprocess.run(
            [sys.executable, "-m", "app", *words],
            check=False,
            env=env,
            capture_output=True,
            text=True,
            timeout=60,
        )

    return call


@pytest.mark.req("A17")
def test_a_site_and_its_first_administrator_come_from_two_commands(daybook):
    none = daybook(*ADMIN)
    assert none.returncode == 2 and "daybook site new" in none.stderr
    for wrong, said in (("Mars/Base", "--zone"), ("", "--zone")):
        refused = daybook(*SITE[:4], wrong, *SITE[5:])
        assert refused.returncode == 2 and refused.stderr.startswith(f"daybook: {said}")
    assert daybook(*SITE).returncode == 0
    assert "there already" in daybook(*SITE).stderr
    made = daybook(*ADMIN)
    assert made.returncode == 0 and "/sign-in/link#" in made.stdout
    again = daybook(*ADMIN)
    assert again.returncode == 2 and "daybook staff link" in again.stderr
    bad = daybook("staff", "new", "x@y.org", "--name", "X", "--role", "king")
    assert bad.returncode == 2 and "--role" in bad.stderr
    beside = daybook("demo", "--participants", "1")
    assert beside.returncode == 2 and "not made by the demo" in beside.stderr
