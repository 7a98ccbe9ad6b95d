"""``make audit``: known faults in what the lock pins, as the open database OSV tells them.

Names and versions are asked for, nothing else leaves. It fails on a fault, and as well where it
could look at nothing, or not at all of it: an audit that did not take place passes nobody.
"""

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from tests.supply.lock import Pinned, of_product

OSV = "https://api.osv.dev/v1/querybatch"
SECONDS = 30.0
Ask = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]
"""the answers of the database, one for each question"""


def ask(queries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Raises OSError, and ValueError for an answer that is none."""
    body = json.dumps({"queries": queries}).encode()
    request = Request(OSV, body, {"Content-Type": "application/json"})
    with urlopen(request, timeout=SECONDS) as answer:
        found = json.loads(answer.read())
    if not isinstance(found, dict) or not isinstance(found.get("results"), list):
        raise ValueError
    return list(found["results"])


def audited(found: list[Pinned], asked: Ask = ask) -> Iterator[str]:
    """A line for each fault, and for what was not looked at."""
    if not found:
        yield "nothing was audited: the lock pins nothing"
        return
    queries = [
        {"package": {"ecosystem": "PyPI", "name": one.name}, "version": one.version}
        for one in found
    ]
    try:
        answers = asked(queries)
    except (URLError, OSError) as error:
        yield f"nothing was audited: the database of faults does not answer ({_why(error)})"
        return
    except ValueError:
        yield "nothing was audited: the database of faults gave no answer that can be read"
        return
    if len(answers) != len(found):
        yield f"{len(answers)} of {len(found)} were audited: the database left some out"
    for one, answer in zip(found, answers, strict=False):
        for fault in (answer or {}).get("vulns", []):
            yield f"{one.name} {one.version}: {fault.get('id', 'a fault without a name')}"
        if (answer or {}).get("next_page_token"):
            yield f"{one.name} {one.version}: more faults than one answer holds"


def _why(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    return type(reason).__name__ if isinstance(reason, Exception) else str(reason)


def main() -> int:
    found = of_product()
    lines = list(audited(found))
    for line in lines:
        print(line)
    print(f"{len(lines)} to look after." if lines else f"{len(found)} packages: none is known bad.")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
