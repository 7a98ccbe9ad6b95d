"""A password that stands in a form, looked at before the transaction of the request begins.

Hashing takes long on purpose. Inside a transaction everybody else who writes would wait for it.
"""

from dataclasses import dataclass

from fastapi.concurrency import run_in_threadpool
from sqlalchemy import bindparam, select, true
from starlette.requests import Request

from app.models.people import AUTH_SESSION, STAFF
from app.visit.identity import SESSION_COOKIE
from app.visit.tokens import hash_secret, token_hash, verify_secret
from app.web.forms import Form

# The names under which every form has them: the password that is, and the one that is to be.
PRESENT, NEW = "present", "password"
LONGEST = 300
_STORED = (
    select(STAFF.c.password_hash)
    .join(AUTH_SESSION, AUTH_SESSION.c.staff_id == STAFF.c.id)
    .where(
        AUTH_SESSION.c.token_hash == bindparam("hash"),
        AUTH_SESSION.c.ended_at.is_(None),
        STAFF.c.active == true(),
    )
)


@dataclass(frozen=True, slots=True)
class Weighed:
    """``against``: the stored hash that was looked at; ``new``: the hash of the one to be."""

    against: str | None = None
    right: bool = False
    new: str | None = None

    def proves(self, stored: str | None) -> bool:
        """Whether the present password was right, and is still the one that is stored."""
        return self.right and stored is not None and self.against == stored


async def weigh(request: Request, form: Form) -> Weighed:
    """The work is the same whether the account has a password or none."""
    # As a form's models read it: a space at either end came with the copying.
    present, new = form.one(PRESENT).strip(), form.one(NEW).strip()
    against, right = None, False
    if 0 < len(present) <= LONGEST:
        against = await run_in_threadpool(_stored, request)
        right = await verify_secret(against, present)
    hashed = await hash_secret(new) if 0 < len(new) <= LONGEST else None
    return Weighed(against, right, hashed)


def _stored(request: Request) -> str | None:
    cookie = request.cookies.get(SESSION_COOKIE)
    if not cookie:
        return None
    with request.app.state.database.read() as session:
        found: str | None = session.execute(_STORED, {"hash": token_hash(cookie)}).scalar()
    return found
