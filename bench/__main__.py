"""``make bench``: every figure beside its floor and its budget; it fails where a count is missed.

Counts (calls, statements, bytes) are the same everywhere and gate. Times are printed for whoever
reads them, as of this machine, now: servers run as processes of their own, and a figure is the
median of interleaved rounds. What came back is looked at all the same, or a refusal would be the
quickest page of all.
"""

import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from time import monotonic
from uuid import uuid4

from bench import counts, instructions, latency, pages
from bench.load import Answer, Cost, form_request, free_port, measure, page_request, serving
from bench.people import ORIGIN, People, copy_of, make_people, stored_checkins
from bench.scale import report_scale

FRESH, STALE = "bench.apps:just_seen", "bench.apps:seen_a_while_ago"
FLOOR, FLOOR_PAGE = "bench.floor:floor", "bench.floor_page:floor"
ROUNDS = 3
CLIENTS = 16
CHECKINS_EACH = 12
WARM_UP = 2
BRIEFS_EACH = 40


def main() -> int:
    began = monotonic()
    missed = counts.report()
    with tempfile.TemporaryDirectory(prefix="daybook-bench-") as name:
        folder = Path(name)
        phones = CLIENTS * (CHECKINS_EACH + WARM_UP)
        print(f"Writing {phones} participants of four weeks …", flush=True)
        many = make_people(folder / "many", phones + 60, 4)
        instructions.report(folder / "many")
        print("Times, of this machine, now:")
        report_checkins(folder, many)
        print("Writing one participant of 24 weeks …", flush=True)
        few = make_people(folder / "few", 2, 24)
        report_briefs(folder, few)
        missed += pages.report(folder / "few", few)
        with ExitStack() as stack:
            missed += report_scale(folder / "scale", stack)
        latency.report_latency(folder / "alerts", make_people(folder / "alerts", 180, 1))
    print(f"The bench took {(monotonic() - began) / 60:.0f} minutes.")
    for one in missed:
        print(f"MISSED {one}", file=sys.stderr)
    return 1 if missed else 0


def report_checkins(folder: Path, people: People) -> None:
    rounds: dict[str, list[Cost]] = {FRESH: [], STALE: [], FLOOR: []}
    for number in range(ROUNDS):
        for factory, found in rounds.items():
            start = copy_of(folder / "many", folder / f"{factory.partition(':')[2]}{number}")
            found.append(_checkins(factory, start, people))
    _compare("check-in", rounds[FRESH], rounds[FLOOR], 3.0)
    _compare("check-in, last seen a while ago", rounds[STALE], rounds[FLOOR], 3.0)
    p99, floor_p99 = (median(c.p99_ms for c in rounds[f]) for f in (FRESH, FLOOR))
    print(
        f"  p99 with {CLIENTS} clients: {p99:.0f} ms (budget 60), {p99 / floor_p99:.1f}x the "
        f"floor's {floor_p99:.0f} ms (budget 2.0x)"
    )


def _checkins(factory: str, folder: Path, people: People) -> Cost:
    """One round. Every form leads to Today, and is one more check-in in the database."""
    taken, ask = Answer(303, "/today"), _urges(people)
    before = stored_checkins(folder)
    with serving(factory, free_port(), folder) as server:
        # One after another: what comes first is slow, and a queue of those would be too long.
        measure(server, ask, taken, clients=1, each=CLIENTS * WARM_UP)
        cost = measure(server, ask, taken, clients=CLIENTS, each=CHECKINS_EACH)
    grown, sent = stored_checkins(folder) - before, CLIENTS * (WARM_UP + CHECKINS_EACH)
    if grown != sent:
        raise RuntimeError(f"{sent} check-ins were sent, and {grown} are stored")
    return cost


def _urges(people: People) -> Callable[[int, int], bytes]:
    """Each request is another participant's urges, alcohol and opioids."""
    phones = iter(people.phones)

    def request(_client: int, _number: int) -> bytes:
        body = f"alcohol_craving=3&opioid_craving=2&method=each&idem={uuid4().hex}&client_at="
        return form_request("/today/urges", ORIGIN, f"__Host-sid={next(phones)}", body)

    return request


def report_briefs(folder: Path, people: People) -> None:
    rounds: dict[str, list[Cost]] = {FRESH: [], FLOOR_PAGE: []}
    path = f"/participants/{people.caseload[0]}/brief?weeks=24"
    page = Answer(200)
    for _ in range(ROUNDS):
        for factory, found in rounds.items():
            with serving(factory, free_port(), folder / "few") as server:
                raw = page_request(path, ORIGIN, f"__Host-sid={people.counselor}")
                measure(server, lambda *_, raw=raw: raw, page, clients=1, each=5)
                cost = measure(server, lambda *_, raw=raw: raw, page, clients=2, each=BRIEFS_EACH)
                found.append(cost)
    _compare("24-week brief", rounds[FRESH], rounds[FLOOR_PAGE], 2.5)


def _compare(name: str, ours: list[Cost], floor: list[Cost], budget: float) -> None:
    mine, bare = (median(cost.cpu_us for cost in found) for found in (ours, floor))
    p50 = median(cost.p50_ms for cost in ours)
    print(
        f"{name}: {mine:.0f} µs CPU, floor {bare:.0f} µs: {mine / bare:.2f}x "
        f"(budget {budget}x); p50 {p50:.1f} ms"
    )


if __name__ == "__main__":
    sys.exit(main())
