"""Static files, read and compressed once at the start, served under hashed addresses.

An address carries the content's hash, so a browser never asks for it again: a later
visit costs one request, the page itself.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import brotli
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.named import FileName

STATIC_DIR = Path(__file__).resolve().parent.parent / "static"
TYPES = {".webmanifest": "application/manifest+json", ".js": "text/javascript"}
PACKED = {".css", ".js", ".svg", ".webmanifest"}


@dataclass(frozen=True, slots=True)
class StaticFile:
    plain: bytes
    packed: dict[str, bytes]
    """by content encoding: br, gzip"""
    media_type: str
    version: str


def _read(path: Path) -> StaticFile:
    body = path.read_bytes()
    packed = {}
    if path.suffix in PACKED:
        packed = {"br": brotli.compress(body, quality=11), "gzip": gzip.compress(body, 9, mtime=0)}
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
    return StaticFile(
        body, packed, kind or "application/octet-stream", hashlib.sha256(body).hexdigest()[:12]
    )


@lru_cache
def static_files() -> dict[str, StaticFile]:
    found = (path for path in STATIC_DIR.rglob("*") if path.is_file())
    return {path.relative_to(STATIC_DIR).as_posix(): _read(path) for path in found}


def static_url(name: str) -> str:
    """The address of a static file; raises KeyError for one that does not exist."""
    return f"/static/{name}?v={static_files()[name].version}"


def accepted_encoding(header: str) -> str | None:
    """br before gzip, if the client takes it."""
    return next((name for name in ("br", "gzip") if name in header), None)


def serve_static(request: Request, name: FileName) -> Response:
    file = static_files().get(name)
    if file is None:
        raise HTTPException(404)
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if request.query_params.get("v") != file.version:
        headers["Cache-Control"] = "public, max-age=300"
    encoding = accepted_encoding(request.headers.get("accept-encoding", ""))
    body = file.plain
    if encoding in file.packed:
        body, headers["Content-Encoding"] = file.packed[encoding], encoding
    return Response(body, media_type=file.media_type, headers=headers)
