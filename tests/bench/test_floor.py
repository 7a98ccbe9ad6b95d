"""The floors that figures are held against write and read the tables as they are today."""

import asyncio

import httpx

from bench import floor, floor_page
from bench.people import ORIGIN, make_people


def answer(app, method, path, token, **form):
    async def ask():
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            headers = {"Cookie": f"__Host-sid={token}"}
            return await client.request(method, path, headers=headers, data=form)

    return asyncio.run(ask())


def test_the_floors_serve_the_database_of_today(tmp_path):
    people = make_people(tmp_path, 2, 1)
    told = {"alcohol_craving": "3", "opioid_craving": "2", "idem": "a-token"}
    app = floor.floor(tmp_path)
    assert answer(app, "POST", "/today/urges", people.phones[0], **told).status_code == 303
    path = f"/participants/{people.caseload[0]}/brief"
    assert answer(floor_page.floor(tmp_path), "GET", path, people.counselor).status_code == 200
