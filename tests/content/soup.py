"""HTML as nobody should write it, for tests that must hold on any input."""

from __future__ import annotations

from hypothesis import strategies as st

_NAMES = [
    "p", "div", "b", "i", "a", "code", "span", "ul", "li", "dl", "dd", "dt", "h1", "h2", "pre", "table", "tbody",
    "tr", "td", "th", "caption", "colgroup", "col", "figure", "figcaption", "picture", "source", "img", "br", "hr",
    "video", "ruby", "rt", "rp", "details", "summary", "script", "style", "svg", "math", "title", "textarea",
    "select", "option", "button", "form", "iframe", "object", "embed", "noscript", "template", "html", "head", "body",
    "font", "marquee", "plaintext", "xmp", "center", "image", "x-y", "P",
]  # fmt: skip
_ATTRIBUTES = [
    "", "", "", " href='/a?b=1&amp;c=2'", " href=javascript:alert(1)", ' src="a.jpg"', " src=data:x",
    ' srcset="a 1x, data:y 2x, b"', ' data-src="b.jpg"', ' data-srcset="c.jpg 640w"', " data=x.pdf", " onclick=x()",
    " style='color:red'", ' title="<b>&quot;"', " lang=he", " dir=rtl", " alt", " =x", " / ", ' x="',
    " start=2 start=3", " poster=p.png", " cite=//x", "\n\tdatetime=2026",
]  # fmt: skip
_WORDS = [
    "word", " ", "\n", "\n\n", "&", "&amp;", "&lt;b&gt;", "&nbsp;", '\xa0', "&#1;", "&#13;", "&#x97;", "&copy=1", "<",
    "<3", "</", "<!", "<!--", "-->", "<![CDATA[", "]]>", "<?x", '\x00', '\x0b', '\x85', '\ufffe', '\ud800', "🚢", 'é',
    '"', "'", ">",
]  # fmt: skip

_start_tags = st.builds(
    "<{}{}{}>".format, st.sampled_from(_NAMES), st.sampled_from(_ATTRIBUTES), st.sampled_from(_ATTRIBUTES)
)
_end_tags = st.builds("</{}>".format, st.sampled_from(_NAMES))
any_text = st.text(st.characters(exclude_categories=()))
soup = st.lists(_start_tags | _end_tags | st.sampled_from(_WORDS), max_size=30).map("".join)
any_html = soup | any_text
