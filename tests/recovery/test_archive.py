"""The site's own copy: all that is the site's, nothing that is not, and no edit unseen."""

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from app import audit
from app.audit import Subject
from app.models.audit import AUDIT_ENTRY
from app.models.base import metadata
from app.outbox.errands import do
from app.recovery import verify
from app.recovery.archive import Archive, made, sites, write
from app.recovery.nightly import NIGHTLY
from app.recovery.reach import LEFT_OUT, archived, belongs_by, columns_of
from app.trail.kinds import KINDS, Level
from tests.cast import NOW
from tests.house.source import ROOT
from tests.house.tables import CANARY

TOOL = ROOT / "app" / "recovery" / "verify.py"


@pytest.fixture
def witnessed(clinic, cast):
    """The clinic, with an entry in its chain, and a root that somebody was mailed."""
    with clinic.write() as session:
        actor = audit.system(cast.site)
        audit.record(
            session, actor, "note.add", Subject("note", 1), now=NOW, changes={"text": ["", "x"]}
        )
        audit.record(
            session, actor, "marker.add", Subject("marker_day", 1), now=NOW, changes={"k": [0, 1]}
        )
    with clinic.write() as session:
        mailed = audit.witness(session, audit.system(cast.site), Subject("site", 1), NOW).root
    return clinic, mailed


@pytest.fixture
def copy(witnessed, folder, clock) -> Archive:
    clinic, _ = witnessed
    [one] = sites(clinic, "St Petersburg")
    return write(clinic, one, folder, clock(), "en")


def found(copy, **more):
    return list(verify.faults(copy.path, **more))


@pytest.mark.sweep
def test_the_tool_is_small_and_needs_python_alone(copy, witnessed, tmp_path):
    assert len(TOOL.read_text(encoding="utf-8").splitlines()) <= 100
    alone = tmp_path / "elsewhere"
    shutil.copytree(copy.path, alone)
    asked = [sys.executable, "-I", "-S", str(alone / "verify.py"), "--sha256", copy.sha256]
    told = subprocess.run(
        [*asked, "--root", witnessed[1]], check=False, capture_output=True, text=True, cwd="/"
    )
    assert (told.returncode, told.stdout, told.stderr) == (0, "whole, and as it was written\n", "")
    (alone / "records" / "dose.csv").unlink()
    told = subprocess.run(
        [*asked, "--root", "0" * 64], check=False, capture_output=True, text=True, cwd="/"
    )
    assert told.returncode == 1 and "records/dose.csv is missing" in told.stderr


@pytest.mark.sweep
@pytest.mark.req("R12")
def test_a_thousand_edits_and_deletions_are_found(copy):
    """Of bytes, lines, rows and files, in every file that there is, with a fixed seed."""
    chance, files = random.Random(7), sorted(p for p in copy.path.rglob("*") if p.is_file())
    assert found(copy) == []
    missed, touched = [], set()
    for number in range(1000):
        path = files[number % len(files)] if number < len(files) else chance.choice(files)
        before = path.read_bytes()
        kind, after = planted(chance, before)
        if after is None:
            path.unlink()
        else:
            path.write_bytes(after)
        if not found(copy):
            missed.append((number, path.name, kind))
        path.write_bytes(before)
        touched.add(path.name)
    assert missed == [] and found(copy) == []
    assert len(touched) >= len({path.name for path in files})


def planted(chance, before):
    """What somebody might do to a file; None takes it away."""
    at = chance.randrange(max(len(before), 1))
    lines = before.splitlines(keepends=True)
    line = chance.randrange(max(len(lines), 1))
    kind = chance.choice(["bit", "byte less", "byte more", "line less", "line twice", "file"])
    if not before and kind != "file":
        kind = "byte more"
    return kind, {
        "bit": lambda: (
            before[:at] + bytes([before[at] ^ 1 << chance.randrange(8)]) + before[at + 1 :]
        ),
        "byte less": lambda: before[:at] + before[at + 1 :],
        "byte more": lambda: before[:at] + bytes([chance.randrange(256)]) + before[at:],
        "line less": lambda: b"".join(lines[:line] + lines[line + 1 :]),
        "line twice": lambda: b"".join(lines[: line + 1] + lines[line:]),
        "file": lambda: None,
    }[kind]()


def sealed_anew(path: Path, change):
    """Whoever edits may know how a manifest is made, and make it fit."""
    manifest = json.loads((path / "manifest.json").read_bytes())
    change(manifest)
    for name in manifest["files"]:
        manifest["files"][name] = verify.hashlib.sha256((path / name).read_bytes()).hexdigest()
    manifest["seal"] = verify.digest({**manifest, "seal": ""})
    (path / "manifest.json").write_bytes(verify.pretty(manifest))


@pytest.mark.sweep
@pytest.mark.req("R3")
def test_whoever_makes_the_manifest_fit_is_found_by_the_chain_or_by_what_was_mailed(
    copy, witnessed
):
    chain = copy.path / verify.CHAIN
    whole, manifest = chain.read_bytes(), (copy.path / "manifest.json").read_bytes()
    count = len(json.loads(whole))
    for number in range(count):
        for field in json.loads(whole)[number]:
            entries = json.loads(whole)
            old = entries[number][field]
            entries[number][field] = None if field == "changes" and old else f"{old or 0}1"
            chain.write_bytes(verify.pretty(entries))
            sealed_anew(copy.path, lambda _: None)
            assert found(copy), (number, field)
    # The end of the chain cut off, and everything made to fit: it is the mail that tells.
    entries = json.loads(whole)[:-2]
    chain.write_bytes(verify.pretty(entries))

    def cut(told):
        head = [told["chain"], len(entries), entries[-1]["hash"]]
        told["heads"] = [head if one[0] == told["chain"] else one for one in told["heads"]]

    sealed_anew(copy.path, cut)
    assert found(copy, root=witnessed[1])
    assert found(copy, sha256=copy.sha256)
    # A row changed in one of its two forms.
    chain.write_bytes(whole)
    (copy.path / "manifest.json").write_bytes(manifest)
    csv = copy.path / "records" / "dose.csv"
    csv.write_bytes(csv.read_bytes().replace(b"true", b"false"))
    sealed_anew(copy.path, lambda _: None)
    assert found(copy) == ["dose: CSV, JSON and manifest tell different things"]


def test_every_table_is_in_it_or_left_out_for_a_reason():
    assert set(LEFT_OUT) < set(metadata.tables)
    for table in archived():
        belongs_by(table)
        names = [column.name for column in columns_of(table)]
        assert not [name for name in names if name.endswith(("_hash", "_sealed"))]


@pytest.mark.req("R12")
@pytest.mark.req("R13")
def test_the_site_has_all_of_its_own_and_nothing_of_others(copy, witnessed, cast):
    clinic, _ = witnessed
    with clinic.read() as session:
        for table in archived():
            rows = json.loads((copy.path / "records" / f"{table.name}.json").read_bytes())
            stored = session.execute(select(table)).mappings().all()
            if "participant_id" in table.c and table.name != "worksheet_copy":
                stored = [row for row in stored if row["participant_id"] != cast.vera]
                assert len(rows) == len(stored) > 0, table.name
        chain = select(AUDIT_ENTRY.c.hash).where(AUDIT_ENTRY.c.chain == cast.site)
        hashes = session.execute(chain.order_by(AUDIT_ENTRY.c.seq)).scalars().all()
    entries = json.loads((copy.path / verify.CHAIN).read_bytes())
    assert [entry["hash"] for entry in entries] == hashes
    everything = b"".join(path.read_bytes() for path in copy.path.rglob("*") if path.is_file())
    assert b"Tomsk" not in everything and b"Volkova" not in everything
    assert b"Name of" not in everything and b"$argon2" not in everything
    # What a participant marked for themselves stands in no copy, and the chain is whole.
    [marked] = [entry for entry in entries if entry["subject_kind"] == "marker_day"]
    assert marked["changes"] is None
    private = {kind for kind, topic in KINDS.items() if topic.level is Level.PRIVATE}
    assert private == set(verify.PRIVATE)


@pytest.mark.sweep
def test_a_casebook_can_be_read_and_runs_nothing(copy, cast):
    [anna] = copy.path.glob("casebooks/DB-001-*.html")
    page = anna.read_text(encoding="utf-8")
    assert CANARY in page and "<script>" not in page and "<img" not in page
    assert "<h2>dose</h2>" in page and "wrote a note" in page
    names = {path.name for path in copy.path.glob("casebooks/*")}
    assert {f"DB-001-{cast.anna}.html", f"DB-002-{cast.boris}.html"} <= names
    assert f"DB-001-{cast.vera}.html" not in names


def test_text_of_participants_is_no_formula():
    for text in ("=1+1", "+7", "-2", "@x", "\tx", "\rx", " =x"):
        assert verify.cell(text) == "'" + text
    assert [verify.cell(value) for value in ("a=b", None, True, 2.5, {"b": 1, "a": 2})] == [
        "a=b",
        "",
        "true",
        "2.5",
        '{"a": 2, "b": 1}',
    ]


@pytest.mark.req("R13")
def test_the_worker_writes_it_every_night_and_the_trail_tells_by_what_it_is_known(
    witnessed, folder, clock
):
    clinic, _ = witnessed
    assert not do(NIGHTLY, clinic, clock()), "nobody asked for copies"
    clinic.settings = clinic.settings.but(archive_dir=folder)
    assert do(NIGHTLY, clinic, clock()) and not do(NIGHTLY, clinic, clock())
    assert do(NIGHTLY, clinic, clock.forward(days=1))
    count = len(sites(clinic))
    assert len(made(folder)) == 2 * count > 2, "every site, two nights"
    with clinic.read() as session:
        asked = select(AUDIT_ENTRY.c.changes).where(AUDIT_ENTRY.c.action == "archive.make")
        told = {changes["manifest"][1] for changes in session.execute(asked).scalars()}
    for path in made(folder):
        written = verify.hashlib.sha256((path / "manifest.json").read_bytes()).hexdigest()
        assert written in told and list(verify.faults(path, written)) == []
        assert path.stat().st_mode & 0o077 == 0
    do(NIGHTLY, clinic, clock.forward(days=60))
    assert len(made(folder)) == 2 * count, "the last of the month before, and the newest"
