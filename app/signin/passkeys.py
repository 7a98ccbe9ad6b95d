"""Passkeys of the staff: what a browser is asked to sign, and what of its answer is believed.

A question belongs to one session and one purpose, is good for three minutes and for one answer.
The device must have looked at its owner (a finger, a face, a code), on this very site: an answer
that was signed elsewhere, or without looking, proves nothing.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import webauthn
from sqlalchemy import bindparam, delete, select, update
from sqlmodel import Session
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app import audit
from app.audit import Actor, Subject
from app.i18n import N_
from app.models.people import FACTOR, PASSKEY_CHALLENGE, STAFF, Factor, PasskeyChallenge
from app.visit.identity import StaffMe
from app.visit.tokens import new_token, token_hash

ADD, SHOW = "add", "show"
NOT_MADE = N_("No passkey came with the form. Make it again.")
LIFE = timedelta(minutes=3)
# What an answer may weigh, and how long a device may name its key: more is no answer.
LONGEST, LONGEST_ID = 16_000, 1400
_LOOK = UserVerificationRequirement.REQUIRED
_ADDRESS = select(STAFF.c.email).where(STAFF.c.id == bindparam("who"))
_MINE = select(FACTOR.c.id, FACTOR.c.credential_id, FACTOR.c.public_key, FACTOR.c.sign_count).where(
    FACTOR.c.staff_id == bindparam("who"), FACTOR.c.credential_id.is_not(None)
)


@dataclass(frozen=True, slots=True)
class Made:
    """A passkey that a browser has just made."""

    credential_id: str
    public_key: str
    sign_count: int


def question_to_add(session: Session, me: StaffMe, now: datetime) -> str:
    """What a browser needs to make a passkey, as JSON; a device that has one makes no second."""
    options = webauthn.generate_registration_options(
        rp_id=_site(session),
        rp_name="Daybook",
        user_id=f"daybook staff {me.id}".encode(),
        user_name=session.execute(_ADDRESS, {"who": me.id}).scalar_one(),
        user_display_name=me.name,
        challenge=_challenge(session, me, ADD, now),
        timeout=int(LIFE.total_seconds() * 1000),
        exclude_credentials=_descriptors(session, me),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=_LOOK
        ),
    )
    return options_to_json(options)


def question_to_show(session: Session, me: StaffMe, now: datetime) -> str | None:
    """What a browser needs to show one of the owner's passkeys; None if there is none."""
    known = _descriptors(session, me)
    if not known:
        return None
    options = webauthn.generate_authentication_options(
        rp_id=_site(session),
        challenge=_challenge(session, me, SHOW, now),
        timeout=int(LIFE.total_seconds() * 1000),
        allow_credentials=known,
        user_verification=_LOOK,
    )
    return options_to_json(options)


def made(session: Session, me: StaffMe, answer: str, now: datetime) -> Made | None:
    """The passkey in the answer of a browser; None for what was not asked, or not made here."""
    challenge = _taken(session, me, ADD, answer, now)
    if challenge is None:
        return None
    try:
        found = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=_site(session),
            expected_origin=session.info["base_url"],
            require_user_verification=True,
        )
    except Exception:  # whatever a forged answer breaks in the reading of it
        return None
    credential_id = bytes_to_base64url(found.credential_id)
    known = session.execute(select(FACTOR.c.id).where(FACTOR.c.credential_id == credential_id))
    if len(credential_id) > LONGEST_ID or known.first() is not None:
        return None
    return Made(credential_id, bytes_to_base64url(found.credential_public_key), found.sign_count)


def add(
    session: Session, actor: Actor, staff_id: int, name: str, passkey: Made, now: datetime
) -> None:
    session.add(
        Factor(
            staff_id=staff_id,
            name=name,
            credential_id=passkey.credential_id,
            public_key=passkey.public_key,
            sign_count=passkey.sign_count,
            created_at=now,
            last_used_at=now,
        )
    )
    subject = Subject("staff", staff_id)
    changes = {"passkey": [None, name]}
    audit.record(session, actor, "factor.add", subject, now=now, changes=changes)


def is_shown(session: Session, me: StaffMe, answer: str, now: datetime) -> bool:
    """Whether the owner just showed one of their passkeys."""
    challenge = _taken(session, me, SHOW, answer, now)
    if challenge is None:
        return False
    wanted = str(json.loads(answer).get("id"))
    one = next((row for row in _rows(session, me) if row.credential_id == wanted), None)
    found = _verified(session, answer, challenge, one) if one else None
    return found is not None and _counted(session, me, one, found.new_sign_count, now)


def forget_old(session: Session, now: datetime) -> None:
    """Questions that nobody answered."""
    session.execute(delete(PASSKEY_CHALLENGE).where(PASSKEY_CHALLENGE.c.expires_at <= now))


def _verified(
    session: Session, answer: str, challenge: bytes, one: Any
) -> VerifiedAuthentication | None:
    try:
        return webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=_site(session),
            expected_origin=session.info["base_url"],
            credential_public_key=base64url_to_bytes(one.public_key),
            # Counted below: a count that is behind says more than that an answer is wrong.
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except Exception:  # whatever a forged answer breaks in the reading of it
        return None


def _counted(session: Session, me: StaffMe, one: Any, count: int, now: datetime) -> bool:
    """Each use counts on. A count that falls back is of a copy, and is put on record.

    Passkeys that are kept in step between devices do not count at all: theirs stays zero.
    """
    ahead = (FACTOR.c.sign_count < count) if count else (FACTOR.c.sign_count == 0)
    done = session.execute(
        update(FACTOR)
        .where(FACTOR.c.id == one.id, ahead)
        .values(sign_count=count, last_used_at=now)
    )
    if done.rowcount:  # type: ignore[attr-defined]
        return True
    subject, changes = Subject("staff", me.id), {"count": [one.sign_count, count]}
    audit.record(session, me.actor, "passkey.behind", subject, now=now, changes=changes)
    return False


def _challenge(session: Session, me: StaffMe, purpose: str, now: datetime) -> bytes:
    """A new question; one that was asked before in this session for this is void."""
    former = (
        PASSKEY_CHALLENGE.c.session_id == me.session_id,
        PASSKEY_CHALLENGE.c.purpose == purpose,
    )
    session.execute(delete(PASSKEY_CHALLENGE).where(*former))
    token = new_token()
    session.add(
        PasskeyChallenge(
            session_id=me.session_id,
            purpose=purpose,
            challenge_hash=token_hash(token),
            expires_at=now + LIFE,
        )
    )
    session.flush()
    return base64url_to_bytes(token)


def _taken(session: Session, me: StaffMe, purpose: str, answer: str, now: datetime) -> bytes | None:
    """The question that is answered, used up with it; None if this session was not asked it."""
    token = _asked_in(answer)
    if token is None:
        return None
    done = session.execute(
        delete(PASSKEY_CHALLENGE).where(
            PASSKEY_CHALLENGE.c.session_id == me.session_id,
            PASSKEY_CHALLENGE.c.purpose == purpose,
            PASSKEY_CHALLENGE.c.challenge_hash == token_hash(token),
            PASSKEY_CHALLENGE.c.expires_at > now,
        )
    )
    return base64url_to_bytes(token) if done.rowcount else None  # type: ignore[attr-defined]


def _asked_in(answer: str) -> str | None:
    """What the browser says that it was asked."""
    if len(answer) > LONGEST:
        return None
    try:
        told = json.loads(base64url_to_bytes(json.loads(answer)["response"]["clientDataJSON"]))
        token = told["challenge"]
    except Exception:  # whatever was sent in the place of an answer
        return None
    return token if isinstance(token, str) and token.isascii() else None


def _rows(session: Session, me: StaffMe) -> list[Any]:
    return list(session.execute(_MINE, {"who": me.id}).all())


def _descriptors(session: Session, me: StaffMe) -> list[PublicKeyCredentialDescriptor]:
    mine = _rows(session, me)
    return [PublicKeyCredentialDescriptor(base64url_to_bytes(one.credential_id)) for one in mine]


def _site(session: Session) -> str:
    """The name that a browser holds passkeys for: the host alone."""
    return urlsplit(session.info["base_url"]).hostname or ""
