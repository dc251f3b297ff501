"""What an article says in plain words, and where a summary ends."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.content.characters import contains_illegal
from feedsvc.content.markup import escape_text
from feedsvc.content.summaries import plain_text, summarize

any_text = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
        ("<p>One\n   line</p>\n\n  <p>Two</p>\n", "One line\n\nTwo"),
        ("one<br>two<br/><br>three", "one\ntwo\n\nthree"),
        ("<h2>Head</h2>Text<blockquote><p>Quote</p></blockquote>end", "Head\n\nText\n\nQuote\n\nend"),
        ("<ul>\n <li>a</li>\n <li>b <b>c</b>d</li>\n</ul>", "a\nb cd"),
        ("<dl><dt>Term<dd>Text</dl>", "Term\nText"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</table>", "1 2\n3"),
        ("<figure><img src=a alt='not said'><figcaption>Cap</figcaption></figure>x", "Cap\n\nx"),
        ("<pre>a\n  b</pre>c", "a\n  b\n\nc"),
        ("<p>&nbsp;</p><p>x</p>", "x"),
        ("5&nbsp;km&nbsp;<b>on</b>", "5\xa0km\xa0on"),
        ("&lt;3 &amp;amp; &#39;&#x1F6A2;&copy &notit; &hellip;&bogus;", "<3 &amp; '🚢© ¬it; …&bogus;"),
        ("a<script>alert('<p>')</script>b<style>p{}</style>c<!-- d -->e<noscript>f</noscript>", "abcef"),
        ("<title>no</title><textarea>no</textarea><iframe>no</iframe><svg><text>no</text></svg>yes", "yes"),
        ("<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby>字", "漢字"),
        ("<a href='&quot;>no'>link</a> a < b <3 x", "link a < b <3 x"),
        ("unclosed <b>bold <i", "unclosed bold <i"),
        ("", ""),
        (" <br> <p> </p> ", ""),
        ("&#0;&#1;&#xD800;&#x110000;&#" + "9" * 5000 + ";x", "\ufffd\ufffd\ufffd\ufffdx"),
    ],
)
def test_plain_text_reads_like_the_page(html: str, text: str) -> None:
    assert plain_text(html) == text


def test_an_unclosed_button_does_not_swallow_what_follows() -> None:
    assert plain_text("a <button>b <p>c") == "a b\n\nc"


@settings(deadline=None)
@given(any_text)
def test_escaped_text_is_said_word_for_word(text: str) -> None:
    assert plain_text(escape_text(text)).split() == "".join(c for c in text if not contains_illegal(c)).split()


@settings(deadline=None)
@given(any_text)
def test_any_markup_gives_clean_text(html: str) -> None:
    text = plain_text(html)
    assert not contains_illegal(text)
    assert "\n\n\n" not in text


SENTENCE = "The council met on Monday. It voted for the bridge. Work starts in May and ends two years later."


@pytest.mark.parametrize(
    ("text", "limit", "summary"),
    [
        ("Short text.", 300, "Short text."),
        ("Two\nlines  and\tspaces", 300, "Two lines and spaces"),
        (SENTENCE, 60, "The council met on Monday. It voted for the bridge."),
        (SENTENCE, 51, "The council met on Monday. It voted for the bridge."),
        (SENTENCE, 50, "The council met on Monday."),
        (SENTENCE, 22, "The council met on…"),
        (SENTENCE, 23, "The council met on…"),
        ("A headline\n\nThen the text goes on and on and on", 20, "A headline"),
        ("He said “Stop it.” Then he left for good.", 30, "He said “Stop it.”"),
        ("He said “Stop!” he said again and again.", 30, "He said “Stop!” he said again…"),
        ("Talks of Mr. Doe with the U.S. Senate went on", 32, "Talks of Mr. Doe with the U.S.…"),
        ("Er kam am 3. Oktober. Es war ein langer Tag", 30, "Er kam am 3. Oktober."),
        ("It grew by 3.5 percent. Then it fell again", 30, "It grew by 3.5 percent."),
        ("wait, then — and more of it all", 13, "wait, then…"),
        (
            "東京で会議が開かれた。結果は明日発表される。次の会議は未定だ。",
            24,
            "東京で会議が開かれた。結果は明日発表される。",
        ),
        ("彼は「行こう。」と言った。それから彼らは長い旅に出た。", 20, "彼は「行こう。」と言った。"),
        ("東京で会議が開かれ結果は明日発表される", 10, "東京で会議が開かれ…"),
        ("Ժողովը կայացավ։ Հաջորդը կլինի վաղը առավոտյան։", 20, "Ժողովը կայացավ։"),
        ("बैठक हुई। अगली बैठक कल सुबह होगी और फिर", 15, "बैठक हुई।"),
        ("اجتماع اليوم؟ نعم كان هناك اجتماع طويل", 20, "اجتماع اليوم؟"),
        ("x" * 50, 10, "x" * 9 + "…"),
        ("abcdefgh", 0, ""),
        ("abcdefgh", 1, "…"),
        ("", 10, ""),
    ],
)
def test_a_summary_ends_where_a_reader_would_end_it(text: str, limit: int, summary: str) -> None:
    assert summarize(text, limit) == summary


@pytest.mark.parametrize(
    "cluster",
    ["e\u0301\u0323", "👨‍👩‍👧", "👍🏽", "🇫🇷", "❤️", "กำ", "नि", "\u1112\u1161\u11ab", "🏴\U000e0067\U000e007f"],
)
def test_a_cluster_is_never_cut_in_two(cluster: str) -> None:
    text = cluster * 20
    for limit in range(1, len(text)):
        kept = summarize(text, limit).removesuffix("…")
        assert kept == cluster * (len(kept) // len(cluster))


@settings(deadline=None)
@given(any_text, st.integers(0, 60))
def test_a_summary_keeps_to_its_limit_and_begins_the_text(text: str, limit: int) -> None:
    summary = summarize(text, limit)
    assert len(summary) <= limit
    assert "\n" not in summary
    assert not contains_illegal(summary)
    whole = summarize(text, 10_000)
    assert whole.startswith(summary.removesuffix("…"))
    assert not (
        summary and unicodedata.category(whole[len(summary) - 1 : len(summary)] or "x")[0] == "M" and summary[-1] == "…"
    )


@pytest.mark.parametrize("text", [" ", "\n ", "a. ", ".", '"', "\u0301", "🇫🇷"], ids=ascii)
def test_a_million_characters_are_summarized_like_a_few(text: str) -> None:
    assert summarize(text * 300_000) == summarize(text * 3_000)
