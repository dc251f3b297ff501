"""Site furniture: whole lines of buttons and labels are seen as such, sentences never."""

from __future__ import annotations

import pytest

from feedsvc.parse.furniture import is_furniture


@pytest.mark.parametrize(
    "line",
    ["Share", "SHARE", "Share this article", "» Print", "Tweet", "Comments (3)", "[Read more]", "Share 12",
     "Facebook | Twitter",     "Share Tweet Print E-mail", "Advertisement", "Teilen", "Partager l’article",
     "Поделиться", "Կիսվել", "გაზიარება", "مشاركة"],
)  # fmt: skip
def test_buttons_and_labels_are_furniture(line: str) -> None:
    assert is_furniture(line)


@pytest.mark.parametrize(
    "line",
    ["Share prices fell.", "Read more books", "Shared", "Print is not dead", "“Share,” he said.",
     "Comments by the minister",
     "12", "—", "", "A share of the port", "Subscribe to nothing", "Share " * 20],
)  # fmt: skip
def test_what_might_be_text_is_not(line: str) -> None:
    assert not is_furniture(line)
