"""Decides whether a client is sent the gzip variant.

Never refuses a client: who accepts nothing that we have is sent the plain bytes.
"""

from __future__ import annotations

import re

_QUALITY = re.compile(r"(?:1(?:\.0{0,3})?|0(?:\.[0-9]{0,3})?)", re.ASCII)


def wants_gzip(accept_encoding: str | None) -> bool:
    """Read Accept-Encoding by RFC 9110, section 12.5.3: gzip must be acceptable, and plain not liked better.

    Without the field, plain: such clients are old, and some cannot unpack. A weight that is none counts as 0.
    """
    if not accept_encoding:
        return False
    weights = dict(_weighed(member) for member in accept_encoding.lower().split(","))
    gzip = weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0)))
    return gzip > 0 and gzip >= weights.get("identity", 0.0)


def _weighed(member: str) -> tuple[str, float]:
    coding, *parameters = (part.strip() for part in member.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            return coding, float(value) if _QUALITY.fullmatch(value := value.strip()) else 0.0
    return coding, 1.0
