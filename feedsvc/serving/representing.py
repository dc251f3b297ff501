"""Shapes the answer to GET and HEAD from a representation: coding, preconditions, 200 or 304.

It knows nothing of feeds and fetches nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from feedsvc.conditional import Outcome, Preconditions, Validators, evaluate, http_date
from feedsvc.errors import PreconditionFailed
from feedsvc.serving.negotiation import wants_gzip

Headers = tuple[tuple[str, str], ...]

_NO_SNIFFING: Final = ("X-Content-Type-Options", "nosniff")


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, header fields and body, complete: whoever sends it adds nothing, and the body is empty for HEAD."""

    status: int
    headers: Headers
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request says on how it wants a representation."""

    method: str
    preconditions: Preconditions = field(default_factory=Preconditions)
    accept_encoding: str | None = None


@dataclass(frozen=True, slots=True)
class Representation:
    """What there is to send. `policy` goes with 200 and 304, `description` with 200 alone."""

    body: bytes
    content_type: str
    validators: Validators
    gzip: bytes | None = None
    policy: Headers = ()
    description: Headers = ()


def represent(asked: Asked, representation: Representation, now: datetime) -> Answer:
    """Answer GET or HEAD with 200 or 304 (RFC 9110, sections 13.2.2 and 15.4.5).

    Date is `now`, so that Last-Modified is never later than Date: while it is still to come it is left out (section
    8.8.2.1). Ranges are not served: a document is small, and 200 is always a right answer. Raises PreconditionFailed.
    """
    validators = representation.validators
    outcome = evaluate(asked.method, asked.preconditions, validators, now)
    if outcome is Outcome.FAILED:
        raise PreconditionFailed("the document", "is not in the state that the request names", "Fetch it anew")
    modified = validators.last_modified
    known: Headers = (
        ("Date", http_date(now)),
        ("ETag", validators.entity_tag),
        *((("Last-Modified", http_date(modified)),) if modified is not None and modified <= now else ()),
        *representation.policy,
    )
    if outcome is Outcome.NOT_MODIFIED:
        return Answer(304, known)
    packed = representation.gzip if wants_gzip(asked.accept_encoding) else None
    body = representation.body if packed is None or len(packed) >= len(representation.body) else packed
    headers: Headers = (
        *known,
        ("Content-Type", representation.content_type),
        ("Content-Length", str(len(body))),
        *((("Content-Encoding", "gzip"),) if body is packed else ()),
        _NO_SNIFFING,
        *representation.description,
    )
    return Answer(200, headers, b"" if asked.method == "HEAD" else body)
