"""How many instructions a check-in costs, where valgrind is: ``python -m bench.instructions``.

One process under ``cachegrind`` imports everything and then forks, for the product and for its
floor, a child that answers ten requests and one that answers forty. What the thirty more cost is
the figure; what each child did before is in both.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from bench.load import ROOT
from bench.people import ORIGIN, copy_of, people_of

FACTORIES = (("bench.apps", "just_seen"), ("bench.floor", "floor"))
CHILDREN = "children"
FEW, MANY = 10, 40
BUDGET = 2.1


def report(folder: Path) -> None:
    """``folder``: where ``make_people`` wrote enough of them."""
    if shutil.which("valgrind") is None:
        print("Instructions are not counted: valgrind is not installed.")
        return
    print("Counting instructions under valgrind …", flush=True)
    ours, floor = _slopes(folder)
    print(
        f"instructions of a check-in: {ours / 1e6:.2f} M, floor {floor / 1e6:.2f} M: "
        f"{ours / floor:.2f}x (budget {BUDGET}x)"
    )


def _slopes(folder: Path) -> list[float]:
    """Instructions of one check-in, by factory."""
    with tempfile.TemporaryDirectory(prefix="daybook-valgrind-") as name:
        command = [
            *("valgrind", "--tool=cachegrind", "--cache-sim=no", "--quiet"),
            f"--cachegrind-out-file={name}/%p.out",
            *(sys.executable, "-m", "bench.instructions", str(folder), name),
        ]
        environment = {**os.environ, "PYTHONHASHSEED": "0"}
        subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
        children = (Path(name) / CHILDREN).read_text().split()
        totals = [_total(Path(name) / f"{child}.out") for child in children]
    pairs = zip(totals[::2], totals[1::2], strict=True)
    return [(many - few) / (MANY - FEW) for few, many in pairs]


def _total(file: Path) -> int:
    last = file.read_text().splitlines()[-1]
    return int(last.removeprefix("summary:").split()[0])


def main(folder: Path, place: Path) -> None:
    """Under valgrind. It leaves behind under which numbers the counts of its children are found."""
    makers = [getattr(import_module(module), name) for module, name in FACTORIES]
    children: list[str] = []
    for make in makers:
        for requests in (FEW, MANY):
            start = copy_of(folder, place / f"{len(children)}")
            child = os.fork()
            if child == 0:
                asyncio.run(_ask(make(start), people_of(start).phones[:requests]))
                sys.exit(0)
            if os.waitpid(child, 0)[1] != 0:
                raise RuntimeError("a check-in was not taken")
            children.append(str(child))
    (place / CHILDREN).write_text(" ".join(children))


async def _ask(app: Callable[..., Any], phones: list[str]) -> None:
    for number, token in enumerate(phones):
        body = {"alcohol_craving": "3", "opioid_craving": "2", "method": "each"}
        sent = urlencode(body | {"idem": UUID(int=number).hex}).encode()
        if await _post(app, token, sent) != 303:
            raise RuntimeError("a check-in was not taken")


async def _post(app: Callable[..., Any], token: str, body: bytes) -> int:
    headers = {
        "host": ORIGIN.split("//")[1],
        "origin": ORIGIN,
        "cookie": f"__Host-sid={token}",
        "content-type": "application/x-www-form-urlencoded",
        "content-length": str(len(body)),
    }
    scope = {
        **{"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http"},
        **{"method": "POST", "path": "/today/urges", "raw_path": b"/today/urges"},
        **{"query_string": b"", "root_path": "", "client": ("127.0.0.1", 1)},
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    told: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        told.append(message)

    await app(scope, receive, send)
    status: int = told[0]["status"]
    return status


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
