"""Daybook itself, as a server of the benchmarks."""

from pathlib import Path

from fastapi import FastAPI

from app.main import create_app
from bench.people import settings_of


def daybook(folder: Path) -> FastAPI:
    return create_app(settings_of(folder))
