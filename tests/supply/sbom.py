"""``make sbom``: what the product is made of, as CycloneDX JSON in ``var/``.

From the lock, which is what is installed; the same lock makes the same file, byte by byte.
"""

import hashlib
import json
import sys
import tomllib
import uuid
from typing import Any

from tests.house.source import ROOT
from tests.supply.lock import LOCK, Pinned, of_product

SBOM = ROOT / "var" / "sbom.json"


def bill(found: list[Pinned], name: str, version: str, lock: bytes) -> dict[str, Any]:
    """The bill of materials, in the form of CycloneDX 1.6."""
    own = f"pkg:pypi/{name}@{version}"
    number = uuid.UUID(bytes=hashlib.sha256(lock).digest()[:16], version=4)
    known = {one.name: one.purl for one in found}
    wants: dict[str, list[str]] = {own: []} | {one.purl: [] for one in found}
    for one in found:
        for who in one.wanted_by:
            wants[own if who == name else known[who]].append(one.purl)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{number}",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "bom-ref": own, "name": name, "version": version}
        },
        "components": [_component(one) for one in found],
        "dependencies": [
            {"ref": ref, "dependsOn": sorted(set(needed))} for ref, needed in wants.items()
        ],
    }


def _component(one: Pinned) -> dict[str, Any]:
    """The hashes of all files that may be installed; only one of them is, as the machine is."""
    return {
        "type": "library",
        "bom-ref": one.purl,
        "name": one.name,
        "version": one.version,
        "purl": one.purl,
        "hashes": [{"alg": "SHA-256", "content": each} for each in one.hashes],
        **({"properties": [{"name": "marker", "value": one.marker}]} if one.marker else {}),
    }


def of_source() -> dict[str, Any]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return bill(of_product(), project["name"], project["version"], LOCK.read_bytes())


def main() -> int:
    found = of_source()
    SBOM.parent.mkdir(exist_ok=True)
    SBOM.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(f"{len(found['components'])} components: {SBOM.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
