"""What the documents name is there: paths, commands, names of the code, and every decision.

A document that leads nowhere is worse than none, and files move.
"""

import re
from functools import lru_cache

import pytest
from typer.main import get_command

from app.__main__ import door
from tests.house.source import ROOT, project_files

FILES = frozenset(path.relative_to(ROOT).as_posix() for path in project_files())
DOCUMENTS = sorted(name for name in FILES if name.endswith(".md") and not name.startswith("."))
# Letters in <brackets> stand for anything: app/locale/<language>/flags.po.
_PART = r"[\w.*<>-]+"
_PATH = re.compile(rf"\b(?:app|bench|docs|migrations|tests)/(?:{_PART}/)*(?:{_PART})?")
_FILE = re.compile(rf"`({_PART}\.(?:py|toml|po|html|css|js|md|txt|lock))`")
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
_NAME = re.compile(r"`\.?([A-Za-z_]\w*(?:\.\w+)*)(?:\(\))?`")
_COMMAND = re.compile(r"`(?:daybook|make) [^`]*`|^(?:daybook|make) .*$", re.M)


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def found(path: str) -> bool:
    """Whether a file or a folder of the project answers to the path."""
    glob = re.sub(r"<[^>]*>", "*", path.rstrip("/."))
    return any(ROOT.glob(glob))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_path_and_link_of_a_document_leads_somewhere(name):
    text = text_of(name)
    named = {path for path in _PATH.findall(text) if not found(path)}
    named |= {
        file for file in _FILE.findall(text) if not any(ROOT.glob(f"{file}")) and not known(file)
    }
    links = {
        link for link in _LINK.findall(text) if not (ROOT / name).parent.joinpath(link).exists()
    }
    assert (named, links) == (set(), set())


def known(file: str) -> bool:
    """A bare name of a file is one in some room."""
    ending = re.compile("(?:.*/)?" + re.sub(r"<[^>]*>|\\\*", "[^/]*", re.escape(file)))
    return any(ending.fullmatch(each) for each in FILES)


def test_every_command_of_a_document_exists_and_the_readme_has_them_all():
    targets = re.search(r"^\.PHONY: (.*)$", text_of("Makefile"), re.M)
    assert targets
    every = {f"make {each}" for each in targets[1].split()} | set(verbs())
    said = {name: set(commands(name)) for name in DOCUMENTS}
    for name in DOCUMENTS:
        assert said[name] <= every, name
    assert every - said["README.md"] == {"make setup-test"}


def verbs() -> list[str]:
    names = []
    for name, command in get_command(door).commands.items():
        inner = getattr(command, "commands", None)
        names += [f"daybook {name} {each}" for each in inner] if inner else [f"daybook {name}"]
    return names


def commands(name: str) -> list[str]:
    """The commands of a document, without what is handed to them."""
    said = [each.strip("`") for each in _COMMAND.findall(text_of(name))]
    longest_first = sorted(verbs(), key=len, reverse=True)
    plain = [each for each in said if not each.startswith("daybook --")]
    return [
        next((verb for verb in longest_first if each.startswith(verb)), " ".join(each.split()[:2]))
        for each in plain
    ]


@pytest.mark.parametrize("name", [each for each in DOCUMENTS if each != "CHANGELOG.md"])
def test_every_name_of_the_code_in_a_document_is_in_the_code(name):
    text = text_of(name)
    names = {each for each in _NAME.findall(text) if "_" in each or each.isupper() or "." in each}
    assert {each for each in names - FILES if not in_code(each.rpartition(".")[2])} == set()


def in_code(name: str) -> bool:
    """A setting of the environment is a field of the settings."""
    return name in code() or name.removeprefix("DAYBOOK_").lower() in code()


@lru_cache
def code() -> str:
    kinds = (".py", ".toml", ".html", ".css", ".js", ".po", ".txt", "Makefile")
    return "\n".join(text_of(each) for each in sorted(FILES) if each.endswith(kinds))


def test_every_decision_says_what_why_and_what_was_not_chosen_and_is_in_the_index():
    decisions = sorted(each for each in FILES if re.match(r"docs/decisions/\d{4}-", each))
    assert [int(each[15:19]) for each in decisions] == list(range(1, len(decisions) + 1))
    lines = text_of("docs/decisions/README.md").splitlines()
    index = [line for line in lines if line.startswith("* [")]
    told = []
    for each in decisions:
        title, _, made, *parts = text_of(each).splitlines()
        assert re.fullmatch(r"\d{4}-\d\d-\d\d(, `[0-9a-f]{7,}`)?", made), each
        headings = [part.partition(" ")[0] for part in parts if part.startswith("**")]
        whole = re.findall(r"^\*\*(What|Why|Not chosen)\.\*\* \S", text_of(each), re.M)
        assert headings and whole == ["What", "Why", "Not chosen"], each
        told.append(f"* [{title.removeprefix('# ')}]({each.rpartition('/')[2]})")
    assert index == told
