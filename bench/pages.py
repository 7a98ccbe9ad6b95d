"""What a page weighs: the first flight (HTML and blocking CSS, brotli) of participant pages."""

import asyncio
from pathlib import Path

import brotli
import httpx

from app.main import create_app
from app.visit.identity import DEVICE_COOKIE, SESSION_COOKIE
from app.web.static import static_files
from bench.people import ORIGIN, People, settings_of

# The lock comes last: opening it locks.
PATHS = ("/today", "/today/urges", "/today/check/new/1", "/help", "/lock")
BUDGET = 14.6 * 1024


def report(folder: Path, people: People) -> list[str]:
    """Prints what each weighs; which are too heavy."""
    heavy = []
    css = len(static_files()["app.css"].packed["br"])
    print(f"first flight (HTML + CSS {css / 1024:.1f} KB, brotli; budget 14.6 KB):")
    for path, size in asyncio.run(_sizes(folder, people)).items():
        print(f"  {path:<22} {size / 1024:5.1f} + {css / 1024:.1f} KB")
        if size + css > BUDGET:
            heavy.append(f"first flight of {path}: {(size + css) / 1024:.1f} KB, budget 14.6 KB")
    return heavy


async def _sizes(folder: Path, people: People) -> dict[str, int]:
    app = create_app(settings_of(folder))
    transport = httpx.ASGITransport(app=app)
    cookies = {SESSION_COOKIE: people.phones[0], DEVICE_COOKIE: people.device}
    sizes = {}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client,
    ):
        for path in PATHS:
            header = "; ".join(f"{name}={value}" for name, value in cookies.items())
            answer = await client.get(path, headers={"Cookie": header})
            if answer.status_code != 200:
                raise RuntimeError(f"{path} answered {answer.status_code}")
            sizes[path] = len(brotli.compress(answer.content, mode=brotli.MODE_TEXT, quality=5))
    return sizes
