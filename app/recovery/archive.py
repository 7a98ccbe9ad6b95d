"""``daybook archive``: the investigator's own copy of a site, to be read without Daybook.

Each table as CSV and JSON, the site's chain of the audit trail, and a casebook a participant; a
manifest with the SHA-256 of every file, and ``verify.py``, which needs Python alone. It lies there
as plain text: whoever keeps it keeps it as they keep paper. Names and numbers of people, keys of
doors and what participants have not shared are not in it (``reach``).
"""

import csv
import io
import os
import re
import shutil
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, select
from sqlmodel import Session

from app import audit
from app.db import Database
from app.i18n import Translator, translator
from app.models.audit import AUDIT_ENTRY
from app.models.people import PARTICIPANT, SITE
from app.recovery import verify
from app.recovery.backup import BackupError, snapshot
from app.recovery.files import sync_folder
from app.recovery.reach import archived, belongs_by, columns_of, of_site
from app.recovery.rows import plain
from app.trail.kinds import about
from app.trail.words import ACTIONS
from app.web.pages import environment

FORMAT = "daybook-archive/1"
DAILY = timedelta(days=35)
_STAMP = "%Y-%m-%dT%H%M%SZ"
_NAME = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z")
BESIDE = ("verify.py", "casebook.css")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Archive:
    """A copy that was written; ``sha256``: of its manifest."""

    site: int
    path: Path
    sha256: str


def sites(database: Database, name: str = "") -> list[Any]:
    """Those to make copies of. Raises BackupError where none is called so."""
    wanted = select(SITE.c.id, SITE.c.public_id, SITE.c.name).order_by(SITE.c.id)
    with database.read() as session:
        found = session.execute(wanted.where(SITE.c.name == name) if name else wanted).all()
    if name and not found:
        raise BackupError(f"no site is called {name}")
    return list(found)


def write(database: Database, site: Any, folder: Path, now: datetime, language: str) -> Archive:
    """A copy of ``site`` into a folder of its own, whole or not at all. Raises BackupError."""
    moment = now.astimezone(UTC)
    wanted = folder / f"site-{site.public_id}" / moment.strftime(_STAMP)
    waiting = wanted.with_name(wanted.name + ".part")
    try:
        shutil.rmtree(waiting, ignore_errors=True)
        waiting.mkdir(parents=True, mode=0o700)
        with snapshot(database).connect() as connection, connection.begin():
            files, told = _content(connection, site, translator(language))
        manifest = {
            **told,
            "format": FORMAT,
            "site": site.name,
            "made_at": moment.isoformat(),
            "files": {name: sha256(content).hexdigest() for name, content in files.items()},
            "seal": "",
        }
        whole = verify.pretty({**manifest, "seal": verify.digest(manifest)})
        for name, content in {**files, verify.MANIFEST: whole}.items():
            _put(waiting / name, content)
        waiting.rename(wanted)
        sync_folder(wanted.parent)
    except OSError as error:
        raise BackupError(f"no archive could be written to {folder}: {error.strerror}") from error
    return Archive(site.id, wanted, sha256(whole).hexdigest())


def made(folder: Path) -> list[Path]:
    """The copies of all sites, the oldest of each first."""
    return sorted(path for path in folder.glob("site-*/*") if _NAME.fullmatch(path.name))


def prune(folder: Path, now: datetime) -> None:
    """Five weeks of copies stay, then the last of each month; the newest of a site always."""
    kept: dict[tuple[str, str], Path] = {}
    newest: dict[str, Path] = {}
    for path in made(folder):
        day = datetime.fromisoformat(path.name)
        kept[path.parent.name, path.name if now - day < DAILY else path.name[:7]] = path
        newest[path.parent.name] = path
    for path in set(made(folder)) - set(kept.values()) - set(newest.values()):
        shutil.rmtree(path)


def _content(
    connection: Connection, site: Any, tr: Translator
) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The files by their names, and what the manifest tells of them."""
    rows = {table: _rows(connection, table, site.id) for table in archived()}
    trail = audit.trail(Session(connection))
    entries = _entries(connection, site.id)
    files = {name: (Path(__file__).parent / name).read_bytes() for name in BESIDE}
    for table, found in rows.items():
        columns = [column.name for column in columns_of(table)]
        files[f"records/{table.name}.json"] = verify.pretty(found)
        files[f"records/{table.name}.csv"] = _csv(columns, found)
    files[verify.CHAIN] = verify.pretty(entries)
    files["audit/chain.csv"] = _csv(list(entries[0]) if entries else [], entries)
    for code, page in _casebooks(connection, rows, entries, site, tr):
        files[f"casebooks/{code}.html"] = page
    return files, {
        "chain": site.id,
        "heads": trail.as_json,
        "rows": {table.name: len(found) for table, found in rows.items()},
    }


def _rows(connection: Connection, table: Table, site: int) -> list[Row]:
    found = connection.execute(of_site(table, site)).mappings()
    return [{name: plain(value) for name, value in row.items()} for row in found]


def _entries(connection: Connection, site: int) -> list[Row]:
    """The chain of the site. What a participant alone may read is left out, and its digest not."""
    asked = select(AUDIT_ENTRY).where(AUDIT_ENTRY.c.chain == site).order_by(AUDIT_ENTRY.c.seq)
    found = []
    for row in connection.execute(asked).mappings():
        entry = {name: plain(value) for name, value in row.items()}
        hidden = row["subject_kind"] in verify.PRIVATE
        found.append({**entry, "changes": None if hidden else row["changes"]})
    return found


def _csv(columns: list[str], rows: Iterable[Row]) -> bytes:
    """With the mark by which spreadsheets know UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([verify.cell(row[name]) for name in columns] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _casebooks(
    connection: Connection, rows: dict[Table, list[Row]], entries: list[Row], site: Any, tr: Any
) -> Iterable[tuple[str, bytes]]:
    """A page a participant: everything that was recorded, and who did what to it and when."""
    theirs = _by_participant(rows)
    template = environment.get_template("recovery/casebook.html")
    for person in rows[PARTICIPANT]:
        number = person["id"]
        seqs = select(AUDIT_ENTRY.c.seq).where(AUDIT_ENTRY.c.chain == site.id, about(number))
        told = set(connection.execute(seqs).scalars())
        page = template.render(
            _=tr,
            lang=tr.lang,
            site=site.name,
            person={name: verify.cell(value) for name, value in person.items()},
            tables=theirs[number],
            entries=[
                {
                    "at": entry["at"],
                    "actor": entry["actor"],
                    "what": tr(ACTIONS[entry["action"]])
                    if entry["action"] in ACTIONS
                    else entry["action"],
                    "changes": verify.cell(entry["changes"]),
                    "reason": entry["reason"],
                }
                for entry in entries
                if entry["seq"] in told
            ],
        )
        yield re.sub(r"[^\w-]", "_", person["code"]) + f"-{number}", page.encode()


def _by_participant(rows: dict[Table, list[Row]]) -> dict[int, list[tuple[str, list[str], list]]]:  # type: ignore[type-arg]
    """Of each participant the tables in which they have rows: name, columns, cells."""
    owners: dict[Table, dict[Any, int]] = {PARTICIPANT: {}}
    found: dict[int, list[tuple[str, list[str], list[list[str]]]]] = defaultdict(list)
    for person in rows[PARTICIPANT]:
        owners[PARTICIPANT][person["id"]] = person["id"]
    for table, listed in rows.items():
        by = belongs_by(table)
        if table is PARTICIPANT or by is None or by[1].table not in owners:
            continue
        owner = owners[by[1].table]
        columns = [column.name for column in columns_of(table)]
        cells: dict[int, list[list[str]]] = defaultdict(list)
        for row in listed:
            whose = owner[row[by[0].name]]
            cells[whose].append([verify.cell(row[name]) for name in columns])
        if "id" in columns:
            owners[table] = {row["id"]: owner[row[by[0].name]] for row in listed}
        for whose, theirs in cells.items():
            found[whose].append((table.name, columns, theirs))
    return found


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True, mode=0o700)
    with path.open("xb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
