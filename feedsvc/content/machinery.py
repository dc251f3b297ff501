"""Takes out of HTML the elements that go with all they hold, such as a script, a form's button or a drawing.

Which elements those are is the caller's choice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedsvc.content.markup import EndTag, StartTag, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from feedsvc.content.markup import Token


def without_elements(tokens: Iterable[Token], names: AbstractSet[str]) -> Iterator[Token]:
    """Yield the tokens that are outside of every element named in `names`; linear in their number.

    An element that is never closed loses its tag alone: half a button must not swallow the article behind it.
    """
    stream = list(tokens)
    never_closed: set[str] = set()
    position = 0
    while position < len(stream):
        token = stream[position]
        position += 1
        if isinstance(token, Text) or token.name not in names:
            yield token
        elif isinstance(token, StartTag) and token.name not in never_closed:
            end = _end_of(stream, position, token.name)
            if end is None:
                never_closed.add(token.name)
            else:
                position = end


def _end_of(stream: list[Token], position: int, name: str) -> int | None:
    depth = 1
    for index in range(position, len(stream)):
        token = stream[index]
        if isinstance(token, StartTag):
            depth += token.name == name
        elif isinstance(token, EndTag) and token.name == name:
            depth -= 1
            if depth == 0:
                return index + 1
    return None
