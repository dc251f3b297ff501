"""What HTML an article may hold, and what becomes of the rest."""

# A case is one line, however long its markup is.
# ruff: noqa: E501
from __future__ import annotations

import pytest
from hypothesis import given, settings
from lxml import etree
from selectolax.lexbor import LexborHTMLParser

from feedsvc.content.characters import contains_illegal
from feedsvc.content.html import clean_html, markdown_to_html, text_to_html
from feedsvc.content.summaries import plain_text
from feedsvc.content.vocabulary import ATTRIBUTES, TAGS
from tests.content.soup import any_html, any_text

KEPT = [
    '<h1 lang="he" dir="rtl">א</h1><h2>b</h2><h6>c</h6>',
    "<p>a <em>b</em> <strong>c</strong> <b>d</b> <i>e</i> <u>f</u> <s>g</s> <sub>h</sub> <sup>i</sup> <small>j</small> <mark>k</mark></p>",
    '<p><a href="https://example.org/?a=1&amp;b=2" hreflang="de" title="t">x</a> <a href="mailto:a@example.org">m</a> <a href="tel:+1">t</a></p>',
    '<p><a href="/about">a</a> <a href="../x">b</a> <a href="?q">c</a> <a href="#f">d</a> <a href="//example.com/">e</a></p>',
    '<ul><li>a<ol start="3" reversed=""><li value="7">b</li></ol></li></ul><dl><dt>t</dt><dd>d</dd></dl>',
    '<table><caption>c</caption><colgroup><col span="2"></colgroup><thead><tr><th scope="col" colspan="2">h</th></tr></thead><tbody><tr><td>d</td></tr></tbody></table>',
    '<figure><img src="a.jpg" srcset="a.jpg 1x, b.jpg 2x" sizes="100vw" alt="A" width="640" height="480" title="t"><figcaption>C</figcaption></figure>',
    '<picture><source srcset="a.webp 1x" type="image/webp" media="(min-width: 1px)"><img src="a.jpg" alt=""></picture>',
    '<audio src="a.mp3" controls=""></audio><video poster="p.jpg" controls="" width="640"><source src="v.mp4" type="video/mp4"></video>',
    '<blockquote cite="https://example.org/"><p>q</p></blockquote><p><q cite="/x">q</q> <cite>c</cite></p>',
    '<pre>two\n  <code>lines</code></pre><p><abbr title="World">W</abbr> <time datetime="2026-01-02">d</time><br>x</p><hr>',
    "<p><ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby></p><details><summary>s</summary><p>d</p></details>",
    '<div dir="rtl"><p><span lang="ar">ب</span> <bdi>x</bdi></p></div>',
    "“Typo­graphy” — ‘it’s’ 5\u2009km… ﬁ Å e\u0301 👨‍👩‍👧 &lt;3 &amp;amp; a&nbsp;b ]]&gt;",
]


@pytest.mark.parametrize("html", KEPT)
def test_article_markup_and_typography_stay_byte_for_byte(html: str) -> None:
    assert clean_html(html) == html


CHANGED = [
    # Machinery goes with its content, unknown elements without.
    ("a<script>alert('</p>')</script>b<style>p{}</style>c<!-- d -->e", "abce"),
    ("a<SCRIPT src=//x></SCRIPT>b<svg><text>no</text></svg>c<template>no</template>d", "abcd"),
    ("<form action=/x><label>Name</label> <input value=x><button>Send</button><select><option>1</select></form>", "<div>Name </div>"),
    ("<html><head><title>no</title></head><body><blink>yes</blink></body></html>", "yes"),
    ("<p onclick=x() style='color:red' class=lead id=top data-x=1>a</p>", "<p>a</p>"),
    ("<p>a<script>never closed", "<p>a</p>"),
    ("<p>a <button>b</p><p>c", "<p>a b</p><p>c</p>"),
    ("<center><font color=red>a</font></center><strike>b</strike><tt>c</tt>", "<div>a</div><s>b</s><code>c</code>"),
    # Addresses.
    ("<a href=javascript:alert(1)>a</a><a href='java\nscript:x'>b</a><a href='&#1;javascript:x'>c</a>", "abc"),
    ("<a name=top>a</a> <span class=x>b</span> <a href=data:text/html,x>c</a>", "a b c"),
    ("<a href=' https://example.org/\n'>a</a>", '<a href="https://example.org/">a</a>'),
    ("<a href='?a=1&copy=2&lt=3'>a</a>", '<a href="?a=1&amp;copy=2&amp;lt=3">a</a>'),
    ("<blockquote cite=javascript:x>a</blockquote>", "<blockquote>a</blockquote>"),
    ("<video poster=javascript:x src=data:y>a</video>", '<video controls="">a</video>'),
    ("<img src=a.jpg srcset='data:x 1x, b.jpg 2x, c.jpg nonsense'>", '<img src="a.jpg" srcset="b.jpg 2x">'),
    ("<img src=data:image/png;base64,AA alt=x>", ""),
    # What is embedded becomes a link.
    ("<iframe src='https://video.example/1' title='The film'></iframe>", '<a href="https://video.example/1">The film</a>'),
    ("<iframe src=//video.example/1>no frames</iframe>b", '<a href="//video.example/1">//video.example/1</a>b'),
    ("<iframe src='https://video.example/1'/><p>after</p>", '<a href="https://video.example/1">https://video.example/1</a><p>after</p>'),
    ("<iframe data-src=/lazy src=about:blank></iframe>", '<a href="/lazy">/lazy</a>'),
    ("<iframe src=javascript:x></iframe>", ""),
    ("<embed src=/a.swf>", '<a href="/a.swf">/a.swf</a>'),
    ("<object data=/a.pdf aria-label=Report> </object>", '<a href="/a.pdf">Report</a>'),
    ("<object data=/a.pdf><p>See <a href=/a.pdf>it</a></p></object>", '<p>See <a href="/a.pdf">it</a></p>'),
    # Broken markup is put right.
    ("<p>a<p>b <b>c<p>d</b>e", "<p>a</p><p>b <b>c</b></p><p><b>d</b>e</p>"),
    ("<b>a <i>b</b> c</i>", "<b>a <i>b</i></b><i> c</i>"),
    ("<ul><li>a<li>b</ul>c</div></b>", "<ul><li>a</li><li>b</li></ul>c"),
    ("<table><tr><td>a<td>b<tr><td>c</table>", "<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></tbody></table>"),
    ("<a href=/1>a<a href=/2>b</a>", '<a href="/1">a</a><a href="/2">b</a>'),
    ("a < b & c <3 d <", "a &lt; b &amp; c &lt;3 d &lt;"),
    ("a <b title='x", "a &lt;b title='x"),
    ("</p>a</br>b", "a<br>b"),
    ("<pre>\n\nx\n</pre>", "<pre>x\n</pre>"),
    ("a <![CDATA[ marker ]]> b", "a &lt;![CDATA[ marker ]]&gt; b"),
    # Characters.
    ("a\x00\x0b\x85\ufffe\ud800b &#1;&#x97;&#151;&#13;c", "ab ——\nc"),
    ("&#38;lt; &#60;script&#62;", "&amp;lt; &lt;script&gt;"),
    ("&#" + "9" * 5000 + ";", "\ufffd"),
    ("", ""),
    (" \n ", ""),
]  # fmt: skip


@pytest.mark.parametrize(("html", "cleaned"), CHANGED)
def test_everything_else_is_taken_out_or_put_right(html: str, cleaned: str) -> None:
    assert clean_html(html) == cleaned


LAZY = [
    ('<img src="data:image/gif;base64,R0lG" data-src="a.jpg" alt="A">', '<img src="a.jpg" alt="A">'),
    ('<img data-lazy-src="a.jpg" data-lazy-srcset="a.jpg 1x, b.jpg 2x">', '<img src="a.jpg" srcset="a.jpg 1x, b.jpg 2x">'),
    ('<img src="/blank.gif" data-original="https://example.org/a.jpg">', '<img src="https://example.org/a.jpg">'),
    ('<img src="" data-srcset="s.jpg 320w, m.jpg 1280w, x.jpg 4000w">', '<img src="m.jpg" srcset="s.jpg 320w, m.jpg 1280w, x.jpg 4000w">'),
    ('<img srcset="s.jpg 1x, m.jpg 2x">', '<img srcset="s.jpg 1x, m.jpg 2x" src="m.jpg">'),
    ('<img src="a.jpg" data-src="{{ template }}">', '<img src="a.jpg">'),
    ('<img src="a.jpg" data-src="javascript:x">', '<img src="a.jpg">'),
    ('<amp-img src="a.jpg" width="10"></amp-img>', '<img src="a.jpg" width="10">'),
    ('<picture><source data-srcset="a.webp"><img data-src="a.jpg"></picture>', '<picture><source srcset="a.webp"><img src="a.jpg"></picture>'),
    ('<video data-src="v.mp4" data-poster="p.jpg"></video>', '<video src="v.mp4" poster="p.jpg" controls=""></video>'),
    # The twin for readers without script.
    ('<img data-src="a.jpg"><noscript><img src="a.jpg"></noscript>', '<img src="a.jpg">'),
    ('<noscript><img src="a.jpg"></noscript><img data-src="a.jpg">', '<img src="a.jpg">'),
    ('<img data-src="a-300x200.jpg"> <noscript><img src="a.jpg?w=9"></noscript>', '<img src="a-300x200.jpg">'),
    ('<img class="lazy" src="/blank.gif"><noscript><img src="a.jpg"></noscript>', '<img src="a.jpg">'),
    ('<p><img class="lazy"></p><noscript><img src="a.jpg"></noscript>', '<p></p><img src="a.jpg">'),
    ('<img src="a.jpg"><p>x</p><noscript><img src="b.jpg"></noscript>', '<img src="a.jpg"><p>x</p><img src="b.jpg">'),
    ('<img src="a.jpg"><noscript><img src="/count?x" width="1"></noscript>', '<img src="a.jpg"><img src="/count?x" width="1">'),
    ('<img class="lazyload" data-src="/w300/a.jpg"><noscript><img src="/a.jpg"></noscript>', '<img src="/a.jpg">'),
    ("<noscript><p>Turn on script</p></noscript>", "<p>Turn on script</p>"),
]  # fmt: skip


EMOJI = "https://s.example.org/images/core/emoji/14.0.0/72x72/1f6a2.png"


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        (f'a <img src="{EMOJI}" alt="🚢" class="wp-smiley" style="height: 1em"> b', "a 🚢 b"),
        ('<img class="wp-smiley" src="/smile.gif" alt=":&lt;">', ":&lt;"),
        (f'<img src="{EMOJI}" alt="">', f'<img src="{EMOJI}" alt="">'),
        (f'<img src="{EMOJI}" alt="A drawing of a steamship">', f'<img src="{EMOJI}" alt="A drawing of a steamship">'),
        ('<img src="/ship.png" alt="🚢">', '<img src="/ship.png" alt="🚢">'),
    ],
)
def test_a_picture_of_an_emoji_is_the_character_again(html: str, cleaned: str) -> None:
    assert clean_html(html) == cleaned


@pytest.mark.parametrize(("html", "cleaned"), LAZY)
def test_a_lazy_picture_is_there_once(html: str, cleaned: str) -> None:
    assert clean_html(html) == cleaned


@settings(deadline=None)
@given(any_html)
def test_cleaning_again_changes_nothing(html: str) -> None:
    cleaned = clean_html(html)
    assert clean_html(cleaned) == cleaned


@settings(deadline=None)
@given(any_html)
def test_an_independent_parser_finds_nothing_but_the_vocabulary(html: str) -> None:
    body = LexborHTMLParser(clean_html(html)).body
    assert body is not None
    for node in list(body.traverse(include_text=False))[1:]:
        assert node.tag in TAGS
        for name, value in node.attributes.items():
            assert name in ATTRIBUTES["*"] | ATTRIBUTES.get(node.tag, frozenset())
            if name in {"href", "src", "poster", "cite", "srcset"}:
                assert "javascript:" not in (value or "")
                assert "data:" not in (value or "")


@settings(deadline=None)
@given(any_html)
def test_cleaned_html_stands_in_xml_and_comes_back_equal(html: str) -> None:
    cleaned = clean_html(html)
    element = etree.Element("content")
    element.text = cleaned
    assert (etree.fromstring(etree.tostring(element)).text or "") == cleaned
    assert not contains_illegal(cleaned)


@settings(deadline=None)
@given(any_text)
def test_text_survives_cleaning_word_for_word(text: str) -> None:
    said = "".join(character for character in text if not contains_illegal(character)).split()
    assert plain_text(clean_html(text_to_html(text))).split() == said


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 5_000 + "deep",
        "<b title=x>" * 10_000 + "deep",
        "<div><b a=1><i><u></div>" * 5_000 + "<p>deep</p>" * 5_000,
        "<p>x<b>" * 10_000 + "deep",
        "<table><tr><td>" * 10_000 + "deep",
        "<a href=x>" * 10_000 + "deep",
        "<ul><li><em>" * 10_000 + "deep",
        "<title><button>deep" * 5_000,
        "<svg>" * 10_000 + "deep" + "</svg>" * 100,
        "<![CDATA[deep" * 5_000,
        "<object data=x>" * 5_000 + "deep",
        "<noscript><img src=a>" * 5_000 + "deep",
    ],
    ids=lambda html: html[:20],
)
def test_hostile_nesting_neither_grows_nor_crashes(html: str) -> None:
    cleaned = clean_html(html)
    assert "deep" in plain_text(cleaned)
    assert len(cleaned) < 8 * len(html)
    assert clean_html(cleaned) == cleaned


def test_a_hundred_levels_are_kept() -> None:
    html = "<div>" * 100 + "x" + "</div>" * 100
    assert clean_html(html) == html
    assert clean_html(f"<div>{html}</div>") == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One\n\nTwo", "<p>One</p>\n<p>Two</p>"),
        ("One\r\n \r\n\r\nTwo\r\nlines", "<p>One</p>\n<p>Two<br>lines</p>"),
        ("\n\n  a < b & “c”\x00 <script>  \n", "<p>a &lt; b &amp; “c” &lt;script&gt;</p>"),
        ("\u3000東京で\n\n\xa0\n", "<p>\u3000東京で</p>"),
        ("", ""),
        (" \n \n", ""),
    ],
)
def test_plain_text_becomes_paragraphs(text: str, html: str) -> None:
    assert text_to_html(text) == html


@settings(deadline=None)
@given(any_text)
def test_paragraphs_of_text_are_clean_already(text: str) -> None:
    assert clean_html(text_to_html(text)) == text_to_html(text)


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("# Head\n\nOne *two* **three** ~~four~~\nfive", "<h1>Head</h1>\n<p>One <em>two</em> <strong>three</strong> <s>four</s>\nfive</p>"),
        ("- a\n- b\n\n3. c", '<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<ol start="3">\n<li>c</li>\n</ol>'),
        (
            "| a | b |\n|---|---|\n| 1 | 2 |",
            "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>",
        ),
        ("[x](/a) ![y](b.png \"t\") <https://example.org/>", '<p><a href="/a">x</a> <img src="b.png" alt="y" title="t"> <a href="https://example.org/">https://example.org/</a></p>'),
        ("[x](javascript:alert(1)) <script>alert(1)</script>", "<p>[x](javascript:alert(1)) </p>"),
        ("“as written” -- 'it' (c) ...", "<p>“as written” -- 'it' (c) ...</p>"),
        ("```py\na < b\n```", "<pre><code>a &lt; b\n</code></pre>"),
    ],
)  # fmt: skip
def test_markdown_becomes_clean_html(markdown: str, html: str) -> None:
    assert markdown_to_html(markdown) == html


@settings(deadline=None)
@given(any_html)
def test_any_markdown_gives_clean_html(markdown: str) -> None:
    html = markdown_to_html(markdown)
    assert clean_html(html) == html
