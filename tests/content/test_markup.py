"""The tokens of HTML, compared with a parser that is nobody's here."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from feedsvc.content.markup import (
    EndTag,
    StartTag,
    Text,
    decode_attribute,
    decode_text,
    escape_text,
    start_tag,
    tokens,
)
from tests.content.soup import any_html, any_text

# Pieces of tags of an unknown element, which no tree builder moves, and of text between them. All are closed at the
# end, because a tag that the input ends inside of is text here and nothing there.
_PIECES = [
    "<x-y", "<X", "</x-y", ">", "/", "=", '"', "'", " ", "\n", "a", "B", "-", "&amp;", "&lt", "&copy=1", "&#x41;",
    "&not", "<", "!", "<!--", "-->", "--!>", "<!-->", "<?", "3", "]]>",
]  # fmt: skip
tag_soup = st.lists(st.sampled_from(_PIECES), max_size=25).map("".join)


@settings(deadline=None, max_examples=500)
@given(tag_soup)
def test_tags_and_words_are_those_an_independent_parser_finds(source: str) -> None:
    source += """ "> "> '> '> --> <x-end>"""
    body = LexborHTMLParser("<body>" + source).body
    assert body is not None
    nodes = list(body.traverse(include_text=True))[1:]
    found = [node for node in nodes if node.is_element_node]
    expected = [(node.tag, {name: value or "" for name, value in node.attributes.items()}) for node in found]
    stream = list(tokens(source))
    assert [(token.name, dict(token.attributes)) for token in stream if isinstance(token, StartTag)] == expected
    words = "".join(decode_text(token.source) for token in stream if isinstance(token, Text))
    assert words == "".join(node.text_content or "" for node in nodes if node.is_text_node)


@settings(deadline=None)
@given(any_html)
def test_tokens_stand_in_order_where_they_say(source: str) -> None:
    end = 0
    for token in tokens(source):
        assert end <= token.start < token.end <= len(source)
        if isinstance(token, Text):
            assert source[token.start : token.end] == token.source
        else:
            assert source[token.start] == "<"
        end = token.end


@settings(deadline=None)
@given(any_text)
def test_escaped_text_is_read_back_as_one_text(text: str) -> None:
    assert "".join(decode_text(token.source) for token in tokens(escape_text(text)) if isinstance(token, Text)) == text


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["a", "title", "data-x"]), any_text))
def test_a_written_start_tag_is_read_back_equal(attributes: dict[str, str]) -> None:
    written = start_tag("p", attributes)
    assert list(tokens(written)) == [StartTag("p", attributes, 0, len(written))]


@pytest.mark.parametrize(
    ("source", "in_text", "in_attribute"),
    [
        ("&amp;&lt;&quot;", '&<"', '&<"'),
        ("&ampx", "&x", "&ampx"),
        ("&notit;", "¬it;", "&notit;"),
        ("&copy=1", "©=1", "&copy=1"),
        ("&copy 1", "© 1", "© 1"),
        ("&notin;", "∉", "∉"),
        ("&bogus; & &; &#; &#x;", "&bogus; & &; &#; &#x;", "&bogus; & &; &#; &#x;"),
        ("&#65;&#x42;&#X43&#0068", "ABCD", "ABCD"),
        ("&#150;&#x80;", "–€", "–€"),
        ("&#0;&#xD800;&#x110000;", "\ufffd\ufffd\ufffd", "\ufffd\ufffd\ufffd"),
        ("&#1;&#x7f;&#x81;&#xFFFE;", "", ""),
        ("&#13;", "\n", "\n"),
        ("&#" + "0" * 5000 + "65;&#x" + "f" * 5000 + ";", "A\ufffd", "A\ufffd"),
    ],
)
def test_character_references(source: str, in_text: str, in_attribute: str) -> None:
    assert decode_text(source) == in_text
    assert decode_attribute(source) == in_attribute


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("<script>a<b></script><c>", ["script", "/script", "c"]),
        ("<script/><b>", ["script", "b"]),
        ("<script>a<b>", ["script"]),
        ("<TITLE>a<b></Title ><c>", ["title", "/title", "c"]),
        ("<title>a<b>", ["title", "b"]),
        ("<iframe src=x/><b></iframe>", ["iframe", "b", "/iframe"]),
        ("<a b='<c>'><d e=<f>", ["a", "d"]),
        ("</>a</ b>c</d>", ["/d"]),
        ("<![CDATA[<a>]]>", ["a"]),
    ],
)
def test_which_tags_are_seen(source: str, names: list[str]) -> None:
    seen = [token for token in tokens(source) if not isinstance(token, Text)]
    assert ["/" * isinstance(token, EndTag) + token.name for token in seen] == names
