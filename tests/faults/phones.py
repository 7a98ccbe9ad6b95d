"""Clients that send until they are heard: again after a broken connection, again after a 503."""

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from queue import Empty, Queue
from random import Random
from time import monotonic, sleep

import httpx

from app.db import Database
from tests.faults.answers import Answer
from tests.faults.processes import Server, headers_of

KEPT = ("/today", "/day/", "/help/")
"""where a kept form leads"""
PATIENCE = 120.0


@dataclass
class Heard:
    """What the clients were told. ``kept`` holds the answers that a server acknowledged."""

    kept: list[Answer] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    broken: int = 0
    replayed: int = 0
    faults: list[str] = field(default_factory=list)


def send_all(
    database: Database,
    servers: Sequence[Server],
    wanted: Sequence[Answer],
    *,
    clients: int = 4,
    replays: float = 0.05,
) -> Heard:
    """Send every answer until it is acknowledged, and ``replays`` of them once more, later."""
    heard, waiting = Heard(), Queue[Answer]()
    for one in wanted:
        waiting.put(one)
    threads = [
        threading.Thread(target=_client, args=(number, database, servers, waiting, heard, replays))
        for number in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return heard


def _client(
    number: int,
    database: Database,
    servers: Sequence[Server],
    waiting: "Queue[Answer]",
    heard: Heard,
    replays: float,
) -> None:
    dice, mine = Random(number), list[Answer]()
    with httpx.Client(timeout=10) as client:
        while not heard.faults:
            try:
                answer = waiting.get_nowait()
            except Empty:
                return
            if _send(client, database, servers, answer, heard, dice):
                heard.kept.append(answer)
                mine.append(answer)
            if mine and dice.random() < replays:
                heard.replayed += 1
                _send(client, database, servers, dice.choice(mine), heard, dice)


def _send(
    client: httpx.Client,
    database: Database,
    servers: Sequence[Server],
    answer: Answer,
    heard: Heard,
    dice: Random,
) -> bool:
    """Until it is acknowledged; False, with a fault on the list, where that never happens."""
    headers, end = headers_of(database, answer.phone.token), monotonic() + PATIENCE
    while monotonic() < end:
        url = dice.choice(servers).url + answer.path
        try:
            got = client.post(url, data=_fields(answer), headers=headers)
        except httpx.TransportError:
            heard.broken += 1
            sleep(0.05)
            continue
        heard.statuses[got.status_code] += 1
        if got.status_code == 503:
            sleep(0.2)
            continue
        kept = got.status_code == 303 and got.headers["location"].startswith(KEPT)
        if not kept:
            where = got.headers.get("location", "")
            heard.faults.append(f"{answer.kind} was answered with {got.status_code} {where}")
        return kept
    heard.faults.append(f"{answer.kind} was not acknowledged within {PATIENCE:g} s")
    return False


def _fields(answer: Answer) -> dict[str, str]:
    return dict(answer.body)
