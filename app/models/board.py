"""The pooled picture of a site, as it was counted last."""

from datetime import datetime
from typing import Any

from sqlmodel import SQLModel

from app.models.base import json_column, number, table


class Board(SQLModel, table=True):
    """One row a site, replaced each night: what ``app/board`` counted, and up to when."""

    __tablename__ = "board"
    __table_args__ = ({"info": {"unaudited": "counted from the record, and no part of it"}},)
    site_id: int = number(primary_key=True, foreign_key="site.id")
    counted_at: datetime
    content: dict[str, Any] = json_column(default_factory=dict)


BOARD = table(Board)
