"""What the product is made of is pinned, listed, looked up, and used."""

import re
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from urllib.error import URLError

import pytest

from tests.house.source import ROOT, imports, modules
from tests.supply.audit import audited
from tests.supply.lock import LOCK, Pinned, of_product, pinned
from tests.supply.sbom import of_source

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# Wanted without a line that imports them, each for its reason.
BY_NAME = {
    "uvloop": "uvicorn takes it where it is there",
    "httptools": "uvicorn takes it where it is there",
    "python-multipart": "Starlette reads forms with it",
    "psycopg": "SQLAlchemy takes it by the name in the address",
    "tzdata": "zones for machines that have none",
}
STARLETTE = Pinned("starlette", "1.0", "", ("a" * 64,), ("fastapi",))


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=;~! ]", name, maxsplit=1)[0]).lower()


def imported() -> set[str]:
    """The distributions that a line of the product imports."""
    whose = packages_distributions()
    trees = [module.tree for module in modules().values()]
    tops = {each.target.partition(".")[0] for tree in trees for each in imports(tree)}
    return {plain(name) for top in tops for name in whose.get(top, [])}


@pytest.mark.req("O5")
def test_every_dependency_is_imported_or_named_with_its_reason():
    wanted = {plain(one) for one in PROJECT["dependencies"]}
    assert len(wanted) > 15
    assert wanted - imported() - BY_NAME.keys() == set(), "imported nowhere: unpin it"
    assert BY_NAME.keys() <= wanted, "named here, and wanted no more"


@pytest.mark.req("O5")
@pytest.mark.parametrize("lock", [LOCK, ROOT / "requirements-dev.lock"], ids=lambda path: path.name)
def test_everything_is_pinned_with_the_hashes_of_its_files(lock: Path):
    found = list(pinned(lock.read_text(encoding="utf-8")))
    assert len(found) > 40
    assert [one.name for one in found if not one.hashes or not one.wanted_by] == []
    names = {plain(one.name) for one in found}
    groups = [PROJECT["dependencies"], PROJECT["optional-dependencies"]["build"]]
    if "dev" in lock.name:
        groups.append(PROJECT["optional-dependencies"]["dev"])
    assert {plain(one) for group in groups for one in group} <= names, "make lock"


def test_a_line_of_the_lock_that_pins_nothing_is_refused():
    with pytest.raises(ValueError, match="not pinned: starlette>=1"):
        list(pinned("starlette>=1\n"))


@pytest.mark.req("O5")
def test_the_bill_of_materials_names_all_of_it_and_what_needs_what():
    bill, found = of_source(), of_product()
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert [one["purl"] for one in bill["components"]] == [one.purl for one in found]
    for one, pin in zip(bill["components"], found, strict=True):
        assert {each["content"] for each in one["hashes"]} == set(pin.hashes)
    [own, *others] = bill["dependencies"]
    assert {plain(one) for one in PROJECT["dependencies"]} <= {
        ref.removeprefix("pkg:pypi/").partition("@")[0] for ref in own["dependsOn"]
    }
    needed = {ref for one in (own, *others) for ref in one["dependsOn"]}
    assert needed == {one["bom-ref"] for one in bill["components"]}, "wanted by nothing"
    assert of_source() == bill, "the same lock makes the same file"


@pytest.mark.req("O5")
def test_an_audit_fails_on_a_fault_and_where_it_could_look_at_nothing():
    def answers(*found):
        return lambda _: list(found)

    def away(_):
        raise URLError(OSError("no network"))

    def nonsense(_):
        raise ValueError

    assert list(audited([STARLETTE], answers({}))) == []
    [fault] = audited([STARLETTE], answers({"vulns": [{"id": "PYSEC-1"}]}))
    assert fault == "starlette 1.0: PYSEC-1"
    for asked in (away, nonsense):
        [line] = audited([STARLETTE], asked)
        assert line.startswith("nothing was audited"), line
    assert list(audited([], answers())) == ["nothing was audited: the lock pins nothing"]
    assert list(audited([STARLETTE, STARLETTE], answers({})))
    assert list(audited([STARLETTE], answers({"next_page_token": "more"})))
