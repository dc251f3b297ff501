"""Which elements and attributes an article's HTML may hold.

Data and nothing else; what becomes of the rest is decided in `html` and `embeds`.
"""

from __future__ import annotations

# STANDARDS PROF-10: script, object, embed, applet, iframe, meta, link, style, event attributes and style= stay out.
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# WHATWG HTML section 13.2.4.3, "formatting": the elements a tree builder opens again after a misplaced end tag.
FORMATTING = frozenset({"a", "b", "code", "em", "i", "s", "small", "strong", "u"})
BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "details", "div", "dl", "figcaption", "figure", "footer", "header",
        "hr", "ol", "p", "pre", "section", "summary", "table", "ul", *HEADINGS,
    }
)  # fmt: skip
TAGS = frozenset(
    {
        "abbr", "audio", "bdi", "bdo", "br", "caption", "cite", "col", "colgroup", "dd", "del", "dfn", "dt", "img",
        "ins", "kbd", "li", "mark", "picture", "q", "rp", "rt", "ruby", "samp", "source", "span", "sub", "sup", "tbody",
        "td", "tfoot", "th", "thead", "time", "tr", "track", "var", "video", "wbr", *BLOCKS, *FORMATTING,
    }
)  # fmt: skip

ATTRIBUTES: dict[str, frozenset[str]] = {
    "*": frozenset({"dir", "lang"}),
    "a": frozenset({"href", "hreflang", "title"}),
    "abbr": frozenset({"title"}),
    "audio": frozenset({"controls", "loop", "muted", "preload", "src"}),
    "blockquote": frozenset({"cite"}),
    "col": frozenset({"span"}),
    "colgroup": frozenset({"span"}),
    "del": frozenset({"cite", "datetime"}),
    "details": frozenset({"open"}),
    "dfn": frozenset({"title"}),
    "img": frozenset({"alt", "height", "sizes", "src", "srcset", "title", "width"}),
    "ins": frozenset({"cite", "datetime"}),
    "li": frozenset({"value"}),
    "ol": frozenset({"reversed", "start", "type"}),
    "q": frozenset({"cite"}),
    "source": frozenset({"height", "media", "sizes", "src", "srcset", "type", "width"}),
    "td": frozenset({"colspan", "rowspan"}),
    "th": frozenset({"abbr", "colspan", "rowspan", "scope"}),
    "time": frozenset({"datetime"}),
    "track": frozenset({"default", "kind", "label", "src", "srclang"}),
    "video": frozenset({"controls", "height", "loop", "muted", "poster", "preload", "src", "width"}),
}
LINK_ATTRIBUTES = frozenset({"cite", "href"})
MEDIA_ATTRIBUTES = frozenset({"poster", "src"})

# Elements that are the same thing under another name, so that an old page keeps its meaning.
ALIASES = {
    "acronym": "abbr",
    "amp-audio": "audio",
    "amp-img": "img",
    "amp-video": "video",
    "center": "div",
    "dialog": "div",
    "dir": "ul",
    "fieldset": "div",
    "form": "div",
    "hgroup": "div",
    "image": "img",
    "listing": "pre",
    "main": "div",
    "menu": "ul",
    "nav": "div",
    "search": "div",
    "strike": "s",
    "tt": "code",
}
# Elements that go with all they hold: machinery, drawings and controls, not text that somebody wrote to be read.
DROPPED_WITH_CONTENT = frozenset(
    {
        "applet", "button", "canvas", "datalist", "frameset", "head", "noembed", "noframes", "script", "select",
        "style", "svg", "template", "textarea", "title",
    }
)  # fmt: skip
