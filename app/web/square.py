"""An address as a square code that a phone's camera reads."""

import io

import segno
from markupsafe import Markup

QUIET_ZONE = 4
_SVG = '<svg role="img" width="260" height="260" '


def qr_svg(address: str, label: str) -> Markup:
    """The address as inline SVG, dark on white in every scheme: cameras need the contrast."""
    buffer = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        buffer,
        kind="svg",
        xmldecl=False,
        svgns=False,
        nl=False,
        omitsize=True,
        border=QUIET_ZONE,
        dark="#000",
        light="#fff",
        svgclass="qr",
        lineclass=None,
        title=label,
    )
    # What segno writes is numbers and the escaped title.
    return Markup(buffer.getvalue().decode().replace("<svg ", _SVG, 1))  # noqa: S704
