"""The command door: help of every verb comes without the house, and every verb leads into it."""

import json
import subprocess
import sys

from typer.main import get_command

from app.__main__ import Verb, door
from tests.house.source import ROOT

ASKED = """
import json, sys
from typer.main import get_command
from app.__main__ import door

whole = get_command(door)
groups = {name: [[name], *([name, each] for each in getattr(one, "commands", {}))]
          for name, one in whole.commands.items()}
for words in [[], *sum(groups.values(), [])]:
    try:
        whole([*words, "--help"], prog_name="daybook")
    except SystemExit as done:
        assert not done.code, words
print()
print(json.dumps([len(sum(groups.values(), [])), sorted(sys.modules)]))
"""
# What makes a start slow, wherever it comes from.
HEAVY = {"sqlalchemy", "sqlmodel", "fastapi", "alembic", "argon2", "babel", "jinja2"}


def test_help_of_every_verb_imports_no_room_and_nothing_heavy():
    command = [sys.executable, "-c", ASKED]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    asked, loaded = json.loads(done.stdout.splitlines()[-1])
    assert asked >= 20
    assert [name for name in loaded if name.partition(".")[0] == "app"] == ["app", "app.__main__"]
    assert HEAVY & set(loaded) == set()


def test_every_verb_goes_by_the_sites_own_protocol():
    """A verb that was registered past the door would judge by the bundled one."""
    whole = get_command(door)
    verbs = [
        each
        for one in whole.commands.values()
        for each in getattr(one, "commands", {"": one}).values()
    ]
    assert len(verbs) >= 14 and {type(each) for each in verbs} == {Verb}
