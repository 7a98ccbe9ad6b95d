"""One ASGI app on loopback: ``python -m bench.serve module:factory PORT FOLDER``."""

import importlib
import sys
from pathlib import Path

import uvicorn

from app.start import settle_memory


def main(factory: str, port: int, folder: Path) -> None:
    module, name = factory.split(":")
    app = getattr(importlib.import_module(module), name)(folder)
    settle_memory()
    uvicorn.run(app, host="127.0.0.1", port=port, access_log=False, log_level="error")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
