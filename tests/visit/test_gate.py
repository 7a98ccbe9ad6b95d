"""The gate: one hop to a thread for identity, route and commit, and a door for every address."""

from typing import Any

import pytest
from anyio import to_thread

from app.visit.gate import for_participants

URGES = {"alcohol_craving": "3", "opioid_craving": "2", "method": "each", "idem": "g1"}
NO_SUCH_DAY = "/day/2026-02-30/other"


@pytest.fixture
def hops(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of what was sent to a thread."""
    found: list[str] = []
    real = to_thread.run_sync

    async def noted(function: Any, *args: Any, **options: Any) -> Any:
        found.append(repr(function))
        return await real(function, *args, **options)

    monkeypatch.setattr(to_thread, "run_sync", noted)
    return found


@pytest.mark.parametrize("seconds", [0, 60], ids=["seen just now", "to be seen again"])
def test_a_request_is_one_hop_to_a_thread(anna, clock, hops, seconds):
    clock.forward(seconds=seconds)
    assert anna.post("/today/urges", URGES).status_code == 303
    assert len(hops) == 1, hops
    assert anna.get("/today").status_code == 200
    assert len(hops) == 2, hops


def test_a_route_that_would_hold_up_everybody_else_stops_the_start():
    async def waits() -> None: ...

    with pytest.raises(TypeError, match="waits"):
        for_participants(waits)


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_address_that_does_not_parse_leads_a_stranger_to_the_door(browser, method):
    answer = getattr(browser, method)(NO_SUCH_DAY)
    assert (answer.status_code, answer.headers["location"]) == (303, "/start")


def test_an_address_that_does_not_parse_is_a_missing_page_for_who_is_signed_in(anna, browser):
    answer = anna.get(NO_SUCH_DAY)
    assert answer.status_code == 404
    assert "There is no such page." in answer.text
