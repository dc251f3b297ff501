"""What a request is refused for before anything is done, each with its status and what its answer carries along."""

from __future__ import annotations

from typing import Final

from werkzeug.exceptions import PreconditionRequired, Unauthorized, UnsupportedMediaType

from feedsvc.errors import Forbidden
from feedsvc.serving import Headers
from feedsvc.tokens import Scope

# RFC 6750 section 3.
_CHALLENGE: Final = 'Bearer realm="feedsvc"'


class Unidentified(Unauthorized):
    """There is no token, or it is none that is in use: the answer does not tell which."""

    def __init__(self, *, token_given: bool) -> None:
        super().__init__(
            "This token is unknown or revoked." if token_given else "Send a token: Authorization: Bearer feedsvc_..."
        )
        self.token_given = token_given


class Unconditional(PreconditionRequired):
    """A change to an article that does not say which state it is made for."""

    def __init__(self, tag: str) -> None:
        super().__init__(f"Send If-Match with the entity tag of the article that you read; it is {tag} now.")


class WrongType(UnsupportedMediaType):
    """A body of another type than the operation takes."""

    def __init__(self, given: str, taken: tuple[str, ...]) -> None:
        super().__init__(f"Send the body as {' or '.join(taken)}, not as {given[:80] or 'nothing'}.")
        self.taken = taken


class Coded(UnsupportedMediaType):
    """A body that is compressed: a small one may unpack to gigabytes."""

    def __init__(self, coding: str) -> None:
        super().__init__(f"Send the body as it is, not compressed ({coding[:80]}).")


def fields_of(error: Exception) -> Headers:
    """Give the header fields that go with a refusal."""
    if isinstance(error, Unidentified):
        return (("WWW-Authenticate", f'{_CHALLENGE}, error="invalid_token"' if error.token_given else _CHALLENGE),)
    if isinstance(error, Forbidden):
        scope = f'error="insufficient_scope", scope="{Scope.WRITE.value}"'
        return (("WWW-Authenticate", f"{_CHALLENGE}, {scope}"),)
    if isinstance(error, WrongType):
        # RFC 9110 section 12.5.1: Accept in an answer says what a body may be.
        return (("Accept", ", ".join(error.taken)),)
    if isinstance(error, Coded):
        # RFC 9110 section 12.5.3: it tells a 415 for the coding from one for the type.
        return (("Accept-Encoding", "identity"),)
    return ()
