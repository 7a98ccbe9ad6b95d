"""One round of the worker, without its loop."""

import asyncio

from app.outbox.worker import Worker, start_due


async def send_due(worker: Worker) -> int:
    """Try each due message once; how many were tried."""
    tasks = await start_due(worker, worker.pace.batch)
    await asyncio.gather(*tasks)
    return len(tasks)
