"""The web server as ``daybook serve`` starts it, without mail: ``python -m tests.faults.serve``."""

from app.settings import Settings
from app.start import prepare, serve

if __name__ == "__main__":
    settings = Settings()
    serve(settings, prepare(settings), with_worker=False)
