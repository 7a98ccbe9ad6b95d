"""What names a thing, in an address or in a form: read into one of few types, and nothing else.

A database refuses what none of these takes, SQLite in another place than PostgreSQL: a NUL, half a
character, a number beyond 64 bits. Whatever does not fit names nothing: no page in an address, an
error of its field in a form. No query is asked for it. Pure.
"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

PublicId = Annotated[str, StringConstraints(pattern=r"^[a-z2-7]{16}$")]
"""what addresses carry in place of row numbers (``models.base.public_id``)"""

PublicIdOrNew = PublicId | Literal["new"]
"""of what may not be stored yet"""

Id = Annotated[int, Field(ge=1, le=2**31 - 1)]
"""the number of a row, or of an entry of a chain: the tables have room for more, no site has"""

Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
"""how often a row was changed, counted from one, as the page knew it"""

Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
"""the same, counted from none"""

Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,64}$")]
"""a page, a worksheet or another part of a data file"""

Month = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
"""as 2026-11"""

FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_./-]{1,200}$")]
"""a static file"""
