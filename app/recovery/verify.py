"""Is this archive whole, and as it was written? Needs Python 3.9 or newer, and nothing else.

Give --sha256 (of manifest.json) and --root as later trails and mails told them: none is forged.
"""

import argparse
import csv
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MANIFEST, CHAIN, GENESIS = "manifest.json", "audit/chain.json", "0" * 64
PRIVATE = ("marker_day",)
CHAINED = "chain seq at actor role action subject_kind subject_id reason request_id client_at "
CHAINED += "changes_digest previous"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


def pretty(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"


def digest(value: Any) -> str:
    body = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()


def cell(value: Any) -> str:
    """A value as it stands in the CSV: text that a spreadsheet takes for no formula."""
    if value is not None and not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return ("'" if (value or "").lstrip(" ").startswith(FORMULA) else "") + (value or "")


def faults(folder: Path, sha256: str = "", root: str = "") -> Iterator[str]:
    """A line for each thing that is not as it was written."""
    try:
        manifest = json.loads(written := (folder / MANIFEST).read_bytes())
        if manifest["seal"] != digest({**manifest, "seal": ""}) or pretty(manifest) != written:
            yield f"{MANIFEST} was altered"
        if sha256 and sha256 != hashlib.sha256(written).hexdigest():
            yield f"{MANIFEST} is not the one whose SHA-256 was told"
        yield from of_files(folder, manifest["files"])
        for name, count in manifest["rows"].items():
            yield from of_table(folder / "records" / name, count)
        yield from of_chain(json.loads((folder / CHAIN).read_bytes()), manifest, root)
    except Exception as error:
        yield f"it cannot be read to its end: {type(error).__name__}"


def of_files(folder: Path, told: dict[str, str]) -> Iterator[str]:
    found = [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]
    there = {path.relative_to(folder).as_posix() for path in found} - {MANIFEST}
    for name in sorted(set(told) | there):
        if name not in there:
            yield f"{name} is missing"
        elif hashlib.sha256((folder / name).read_bytes()).hexdigest() != told.get(name):
            yield f"{name} was altered, or was not there"


def of_table(path: Path, count: int) -> Iterator[str]:
    rows = json.loads(path.with_suffix(".json").read_bytes())
    with path.with_suffix(".csv").open(encoding="utf-8-sig", newline="") as file:
        head, *lines = csv.reader(file)
    if [[cell(row[name]) for name in head] for row in rows] != lines or len(rows) != count:
        yield f"{path.name}: CSV, JSON and manifest tell different things"


def of_chain(entries: Any, manifest: Any, root: str) -> Iterator[str]:
    chain, roots = manifest["chain"], {digest(manifest["heads"])}
    previous, hashes = GENESIS, [GENESIS]
    for number, entry in enumerate(entries, 1):
        if (entry["seq"], entry["previous"]) != (number, previous):
            yield f"audit trail: entry {number} does not follow the one before"
        hidden = entry["changes"] is None and entry["subject_kind"] in PRIVATE
        fits = hidden or entry["changes_digest"] == digest(entry["changes"])
        if not fits or entry["hash"] != digest([entry[name] for name in CHAINED.split()]):
            yield f"audit trail: entry {entry['seq']} was altered"
        if entry["action"] == "audit.witness":
            heads = entry["changes"]["heads"][1]
            roots.add(digest(heads))
            if any(c == chain and [*hashes, ""][min(n, number)] != end for c, n, end in heads):
                yield f"audit trail: what entry {entry['seq']} witnessed is not there"
        hashes.append(previous := entry["hash"])
    ends = [end for whose, *end in manifest["heads"] if whose == chain]
    if (ends or [[0, GENESIS]]) != [[len(entries), previous]]:
        yield "audit trail: its end is not the one that the manifest tells"
    if root and root not in roots:
        yield "audit trail: no entry tells of this root: it was cut or rewritten, or is older"


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sha256", default="")
    asked.add_argument("--root", default="")
    found = list(faults(Path(__file__).resolve().parent, **vars(asked.parse_args())))
    sys.exit("\n".join(found) if found else print("whole, and as it was written"))
