"""Addresses as machines compare them: hosts, origins, mailboxes. Pure, and raises ``BadAddress``.

Two texts may name one host: capitals, a closing dot, a port that goes without saying, Cyrillic
or its ``xn--`` form. Whatever is compared or sent is brought into one form first.
"""

import re
import unicodedata
from email.headerregistry import Address
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import SplitResult, quote, urlsplit

import idna

DEFAULT_PORTS = {"http": 80, "https": 443}
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_PLAIN_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?")
LONGEST_MAILBOX = 254


class BadAddress(ValueError):
    """The text names nothing that can be reached; the message is a part of a sentence."""


def bare(text: str) -> str:
    """Without what copying leaves around and inside an address: spaces, invisible marks."""
    kept = (c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return "".join(kept).strip()


def host_of(text: str) -> str:
    """The host in its one form: lower case, ``xn--`` for what is not ASCII, no closing dot."""
    name = bare(text).lower().removeprefix("[").removesuffix("]")
    try:
        return str(ip_address(name))
    except ValueError:
        name = name.removesuffix(".")
    labels = name.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        raise BadAddress("has an IP address that browsers write in another form")
    if name.isascii() and len(name) <= 253 and all(map(_fits, labels)):
        return name
    try:
        return idna.encode(name, uts46=True).decode()
    except (idna.IDNAError, UnicodeError) as error:
        raise BadAddress("has a host name that does not exist in this form") from error


def _fits(label: str) -> bool:
    return len(label) <= 63 and _PLAIN_LABEL.fullmatch(label) is not None


@lru_cache(maxsize=256)
def host_in_header(value: str) -> str:
    """The host that a Host header asks for, without its port; empty for nonsense."""
    try:
        return host_of(urlsplit(f"//{value}").hostname or "")
    except ValueError:
        return ""


def _split(text: str, schemes: tuple[str, ...]) -> tuple[SplitResult, str, int | None]:
    """The parts, the host in its one form, and the port if it needs saying."""
    wanted = " or ".join(f"{scheme}://" for scheme in schemes)
    try:
        parts = urlsplit(bare(text))
        port = parts.port
    except ValueError as error:
        raise BadAddress("has a port or a name that cannot be read") from error
    if parts.scheme not in schemes:
        raise BadAddress(f"must start with {wanted}")
    if not parts.hostname or port == 0:
        raise BadAddress(f"must name a host after {wanted}")
    host = host_of(parts.hostname)
    return parts, host, None if port == DEFAULT_PORTS.get(parts.scheme) else port


def _joined(scheme: str, host: str, port: int | None) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}" + (f":{port}" if port else "")


def origin_of(text: str) -> str:
    """``https://host`` as browsers write it in Origin and Referer. Nothing may follow it."""
    parts, host, port = _split(text, ("https", "http"))
    if parts.username or parts.password or parts.path.strip("/") or parts.query or parts.fragment:
        raise BadAddress("must end after the host and its port: no path, no name, no password")
    return _joined(parts.scheme, host, port)


@lru_cache(maxsize=256)
def same_origin(told: str, ours: str) -> bool:
    """Whether an address that a browser names, whole or not, is at the place of ours."""
    try:
        return _place(told) == _place(ours)
    except BadAddress:
        return False


def _place(text: str) -> str:
    parts, host, port = _split(text, ("https", "http"))
    return _joined(parts.scheme, host, port)


def web_address(text: str) -> str:
    """A whole web address in ASCII, as it can stand in a header."""
    parts, host, port = _split(text, ("https", "http"))
    if parts.username or parts.password:
        raise BadAddress("must hold no name and no password")
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    rest = (path or "/") + (f"?{query}" if query else "")
    return _joined(parts.scheme, host, port) + rest


def mail_server(text: str) -> tuple[SplitResult, str]:
    """The parts of ``smtp://…``, and the host in its one form."""
    parts, host, _ = _split(text, ("smtp", "smtps"))
    if bool(parts.username) != bool(parts.password):
        raise BadAddress("must have both a user and a password, or neither")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise BadAddress(
            "must end after the host and its port: write / ? # and @ in a name or password as "
            "%2F %3F %23 and %40"
        )
    return parts, host


def mailbox(text: str) -> str:
    """``name@host`` as every mail server takes it: ASCII. Raises BadAddress with the reason."""
    local, at, host = bare(text).rpartition("@")
    if not at or not local or not host:
        raise BadAddress("is not one address such as name@clinic.org")
    if not local.isascii():
        raise BadAddress("has letters before the @ that only few mail servers take (SMTPUTF8)")
    if not _LOCAL.fullmatch(local):
        raise BadAddress("is not one address such as name@clinic.org")
    found = f"{local}@{host_of(host)}"
    if found[-1].isdigit() or ":" in found or len(found) > LONGEST_MAILBOX:
        raise BadAddress("is not one address such as name@clinic.org")
    return found


def sender(text: str) -> str:
    """``Name <name@host>`` or the address alone; the name may be in any script."""
    name, bracket, rest = bare(text).rpartition("<")
    address = mailbox(rest.removesuffix(">") if bracket else rest)
    if not all(c.isprintable() for c in name):
        raise BadAddress("has a line break or another character that no name has")
    shown = name.strip()
    if len(shown) > 1 and shown[0] == shown[-1] == '"':
        shown = shown[1:-1]
    if "@" in shown:
        raise BadAddress("is not one address such as name@clinic.org")
    return str(Address(display_name=shown, addr_spec=address))


def spellings(text: str) -> tuple[str, ...]:
    """Every way in which this mail address may have been stored; the one in ASCII comes first."""
    typed = "".join(bare(text).lower().split())
    local, _, host = typed.rpartition("@")
    try:
        plain = host_of(host)
        readable = idna.decode(plain)
    except (BadAddress, idna.IDNAError, UnicodeError):
        return (typed,)
    return tuple(dict.fromkeys((f"{local}@{plain}", f"{local}@{readable}", typed)))
