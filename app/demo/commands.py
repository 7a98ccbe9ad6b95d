"""``daybook demo``: simulated participants, eight with a story or as many as asked for."""

from contextlib import closing

import typer

from app.clock import utc_now
from app.db import Database
from app.demo.cohort import NotOurs, fill_demo, is_empty, refuse_others
from app.demo.many import fill_many
from app.keys import make_key_file
from app.migrate import migrate
from app.settings import Settings


def demo(participants: int, weeks: int, seed: int) -> None:
    """Fill the database with simulated participants."""
    settings = Settings(demo=True)
    if not settings.key_path.exists():
        make_key_file(settings.key_path)
    with closing(Database(settings)) as database:
        with database.writing.connect() as connection:
            try:
                refuse_others(connection)
            except NotOurs as not_ours:
                typer.echo(f"daybook: {not_ours}", err=True)
                raise typer.Exit(2) from None
        migrate(database)
        _fill(database, participants, weeks, seed)


def _fill(database: Database, participants: int, weeks: int, seed: int) -> None:
    if participants:
        _many(database, participants, weeks, seed)
        return
    with database.read() as session:
        empty = is_empty(session)
    if not empty:
        typer.echo("There is data already; the eight stories need an empty database.", err=True)
        raise typer.Exit(2)
    fill_demo(database, utc_now(), seed)
    typer.echo("Eight simulated participants were written.")


def _many(database: Database, participants: int, weeks: int, seed: int) -> None:
    with typer.progressbar(length=participants, label="Participants") as bar:
        fill_many(database, participants, weeks, seed, utc_now(), bar.update)
    typer.echo(f"{participants} simulated participants were written.")
