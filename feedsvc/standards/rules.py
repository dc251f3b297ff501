"""The rules that the checker knows, as data: id, force, one line of text, source.

Nothing here looks at a document. Ids are stable: they are only ever added, never renumbered or used again.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much a finding weighs: a broken requirement, a broken recommendation, or advice from practice."""

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"


class Force(StrEnum):
    """What the source itself says: a requirement, a recommendation, or experience with real readers."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    PRACTICE = "PRACTICE"


LEVELS: dict[Force, Level] = {
    Force.MUST: Level.ERROR,
    Force.SHOULD: Level.WARNING,
    Force.PRACTICE: Level.ADVICE,
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it asks for, how strongly, and who says so."""

    id: str
    force: Force
    text: str
    source: str

    @property
    def level(self) -> Level:
        """The level of a finding that breaks this rule."""
        return LEVELS[self.force]


_M, _S, _P = Force.MUST, Force.SHOULD, Force.PRACTICE

RULES: tuple[Rule, ...] = (
    Rule("DOC-01", _M, "The document is RSS 2.0, Atom 1.0, JSON Feed 1.1 or OPML 2.0.", "the specifications"),
    # XML and its transport
    Rule("XML-01", _M, "The document is well-formed XML.", "XML 1.0 §2.1"),
    Rule("XML-02", _M, "Only characters that XML 1.0 allows.", "XML 1.0 §2.2"),
    Rule("XML-03", _M, "Nothing precedes the XML declaration.", "XML 1.0 §2.8"),
    Rule("XML-04", _M, "No named entities but amp, lt, gt, quot, apos.", "XML 1.0 §4.6"),
    Rule("XML-05", _S, "Encoded in UTF-8, and declared so.", "XML 1.0 §4.3.3"),
    Rule("XML-06", _S, "The charset of the Content-Type agrees with the XML declaration.", "RFC 7303 §3"),
    Rule("XML-07", _M, "The characters `]]>` stand only at the end of a CDATA section.", "XML 1.0 §2.4, §2.7"),
    Rule("XML-08", _S, "No DOCTYPE and no entity declarations.", "XML 1.0 §2.8"),
    Rule("XML-09", _P, "The root element starts within the first 512 bytes.", "RSS Advisory Board profile"),
    Rule("XML-10", _M, "Namespace names are spelled exactly as published.", "Namespaces in XML §2.3"),
    # RSS 2.0
    Rule("RSS-01", _M, 'The root is `rss` with `version="2.0"` and exactly one `channel`.', "RSS 2.0, What is RSS"),
    Rule("RSS-02", _M, "The channel has a `title`, a `link` and a `description`, none empty.", "RSS 2.0, channel"),
    Rule("RSS-03", _M, "Every item has a `title` or a `description`.", "RSS 2.0, item"),
    Rule("RSS-04", _M, "Elements outside a namespace are those of RSS, each in its place.", "RSS 2.0, Extending RSS"),
    Rule("RSS-05", _M, "Every address is absolute, with a registered scheme.", "RSS 2.0, Comments"),
    Rule("RSS-06", _M, "Dates follow RFC 822, with four-digit years preferred.", "RSS 2.0, Comments; RFC 822 §5"),
    Rule("RSS-07", _M, "Elements that have one value occur once.", "RSS 2.0"),
    Rule("RSS-08", _M, 'A `guid` is a URL unless it says `isPermaLink="false"`.', "RSS 2.0, guid"),
    Rule("RSS-09", _S, "Every item has a `guid` that no other item has.", "RSS 2.0, guid; RSS Advisory Board profile"),
    Rule("RSS-10", _M, "An `enclosure` has `url`, `length` (bytes) and `type` (media type).", "RSS 2.0, enclosure"),
    Rule("RSS-11", _M, "An enclosure's address is absolute, http or https.", "RSS 2.0, enclosure"),
    Rule("RSS-12", _S, "No `pubDate` in the future.", "RSS 2.0, pubDate"),
    Rule("RSS-13", _M, "A `source` has the address of the feed it came from.", "RSS 2.0, source"),
    Rule("RSS-14", _M, "`author`, `managingEditor` and `webMaster` are e-mail addresses.", "RSS 2.0, author"),
    Rule("RSS-15", _M, "An `image` has `url` (GIF, JPEG or PNG), `title` and `link`.", "RSS 2.0, image"),
    Rule("RSS-16", _M, "An image is at most 144 wide and 400 high.", "RSS 2.0, image"),
    Rule("RSS-17", _S, "The image's `title` and `link` are the channel's.", "RSS 2.0, image"),
    Rule("RSS-18", _M, "`ttl` is a whole number of minutes.", "RSS 2.0, ttl"),
    Rule("RSS-19", _M, "`skipHours` holds hours 0 to 23, `skipDays` English weekdays.", "RSS 2.0, skipHours, skipDays"),
    Rule("RSS-20", _M, "`cloud` has its five attributes.", "RSS 2.0, cloud"),
    Rule("RSS-21", _S, "`language` is a language tag.", "RSS 2.0, language; RFC 5646"),
    Rule("RSS-22", _M, "`comments` is the address of the comments page, not of a feed.", "RSS 2.0, comments"),
    Rule("RSS-24", _S, "HTML is escaped or in CDATA, and only in `description`.", "RSS 2.0, description"),
    Rule("RSS-27", _S, "`lastBuildDate` changes only with the content.", "RSS 2.0, lastBuildDate"),
    # The RSS Advisory Board's best-practice profile
    Rule("PROF-01", _S, "The channel links to its own address (atom:link rel=self).", "RSS Advisory Board profile"),
    Rule("PROF-02", _S, "Items come after the channel's other elements.", "RSS Advisory Board profile"),
    Rule("PROF-03", _S, "At most one enclosure in an item.", "RSS Advisory Board profile, enclosure"),
    Rule("PROF-04", _S, "An unknown enclosure length is 0.", "RSS Advisory Board profile, enclosure"),
    Rule("PROF-05", _S, "Plain-text elements hold no HTML.", "RSS Advisory Board profile, character data"),
    Rule("PROF-06", _S, "HTML content has no relative addresses.", "RSS Advisory Board profile"),
    Rule("PROF-07", _S, "`description` comes before `content:encoded`.", "RSS Advisory Board profile"),
    Rule("PROF-08", _S, "Nothing is said twice, by a core and by a namespaced element.", "RSS Advisory Board profile"),
    Rule("PROF-09", _S, "No `textInput`.", "RSS Advisory Board profile"),
    Rule(
        "PROF-10", _S, "No scripts, embedded objects, styles or event handlers in HTML.", "RSS Advisory Board profile"
    ),
    Rule("PROF-11", _S, "Dates are plausible: right weekday, full year, numeric zone or GMT.", "RFC 2822 §3.3, §4.3"),
    Rule("PROF-12", _S, "No two items share a link, or title and date.", "RSS Advisory Board profile"),
    Rule("PROF-13", _S, "Guids are unique in the world, not small numbers or slugs.", "RSS Advisory Board profile"),
    Rule("PROF-14", _S, "Identifiers that are URIs are in canonical form.", "RFC 3986 §6.2.2"),
    Rule("PROF-15", _S, "`slash:comments` goes with a `lastBuildDate`.", "RSS 1.0 Slash module"),
    Rule("PROF-17", _S, "HTML content is a balanced fragment, not a page, and not cut inside a tag.", "HTML §13.1"),
    # Atom 1.0
    Rule("ATOM-01", _M, "The feed has exactly one `id`, `title` and `updated`.", "RFC 4287 §4.1.1"),
    Rule("ATOM-02", _M, "The feed has an `author`, or every entry has one.", "RFC 4287 §4.1.1, §4.1.2"),
    Rule("ATOM-03", _S, "The feed links to its own address (rel=self).", "RFC 4287 §4.1.1"),
    Rule("ATOM-04", _M, "No two alternate links of one type and language.", "RFC 4287 §4.1.1, §4.1.2"),
    Rule("ATOM-05", _M, "At most one generator, icon, logo, rights, subtitle.", "RFC 4287 §4.1.1"),
    Rule("ATOM-06", _M, "Every entry has exactly one `id`, `title` and `updated`.", "RFC 4287 §4.1.2"),
    Rule("ATOM-07", _M, "An entry without `content` has an alternate link.", "RFC 4287 §4.1.2"),
    Rule("ATOM-08", _M, "An entry has a `summary` if its content is elsewhere or base64.", "RFC 4287 §4.1.2"),
    Rule("ATOM-09", _M, "At most one content, published, rights, source, summary in an entry.", "RFC 4287 §4.1.2"),
    Rule("ATOM-10", _M, "Dates follow RFC 3339, with upper-case T and Z.", "RFC 4287 §3.3"),
    Rule("ATOM-11", _M, "An `id` is an absolute IRI, unique in the world.", "RFC 4287 §4.2.6"),
    Rule("ATOM-13", _S, "Entries with one id differ in `updated`.", "RFC 4287 §4.1.1"),
    Rule(
        "ATOM-14",
        _S,
        "`updated` follows the content: never before `published`, never the time of the build.",
        "RFC 4287 §4.2.15",
    ),
    Rule("ATOM-15", _M, "A text is of type text, html (escaped) or xhtml (one div).", "RFC 4287 §3.1.1"),
    Rule("ATOM-16", _M, "Content has a fitting type, and is empty if it has a `src`.", "RFC 4287 §4.1.3"),
    Rule("ATOM-17", _S, "An entry without text content has a `summary`.", "RFC 4287 §4.1.1.1"),
    Rule("ATOM-18", _M, "A link has an `href`, and a registered rel or an IRI.", "RFC 4287 §4.2.7"),
    Rule("ATOM-19", _S, "An enclosure link has `length` and `type`.", "RFC 4287 §4.2.7"),
    Rule(
        "ATOM-20",
        _M,
        "A category has a `term`; a person a `name`, a valid e-mail address and IRI.",
        "RFC 4287 §3.2, §4.2.2",
    ),
    Rule("ATOM-22", _S, "A licence is linked (rel=license), not written in `rights`.", "RFC 4287 §4.2.10; RFC 4946"),
    Rule("ATOM-23", _S, "A `source` keeps the origin's id, title and updated.", "RFC 4287 §4.2.11"),
    Rule("ATOM-24", _P, "Atom is the default namespace, without a prefix.", "practice of simple parsers"),
    Rule("ATOM-25", _P, "Addresses are absolute even where `xml:base` would do.", "RFC 4287 §2"),
    Rule("ATOM-26", _S, "`xml:lang` names the language.", "RFC 4287 §2"),
    Rule(
        "ATOM-27", _M, "Elements of the Atom namespace are those of RFC 4287, each in its place.", "RFC 4287 §4, §6.2"
    ),
    Rule("ATOM-28", _S, "An entry's title is not empty.", "RFC 4287 §4.1.1.1"),
    # JSON Feed 1.1
    Rule("JSON-01", _M, "`version` is `https://jsonfeed.org/version/1.1`.", "JSON Feed 1.1, Top-level"),
    Rule("JSON-02", _M, "`title` (text) and `items` (array) are there.", "JSON Feed 1.1, Top-level"),
    Rule("JSON-03", _S, "`home_page_url` and `feed_url` are there, absolute and true.", "JSON Feed 1.1, Top-level"),
    Rule("JSON-04", _M, "Every item has a text `id` that no other item has.", "JSON Feed 1.1, Items"),
    Rule("JSON-05", _M, "Every item has `content_html` or `content_text`.", "JSON Feed 1.1, Items"),
    Rule("JSON-06", _M, "Only `content_html` holds HTML; each member is of its type.", "JSON Feed 1.1, Items"),
    Rule("JSON-07", _M, "Dates follow RFC 3339.", "JSON Feed 1.1, Items"),
    Rule("JSON-08", _S, "`authors` is an array; an author has a name, url or avatar.", "JSON Feed 1.1, Authors"),
    Rule("JSON-09", _M, "An attachment has `url` and `mime_type`; sizes are numbers.", "JSON Feed 1.1, Attachments"),
    Rule("JSON-10", _M, "`next_url` does not lead back to the feed.", "JSON Feed 1.1, next_url"),
    Rule("JSON-13", _M, "A hub has `type` and `url`.", "JSON Feed 1.1, Hubs"),
    Rule("JSON-14", _S, "`language` is there and is a language tag.", "JSON Feed 1.1, Top-level; RFC 5646"),
    Rule("JSON-15", _M, "Members of one's own start with `_` and hold objects.", "JSON Feed 1.1, Extensions"),
    Rule("JSON-16", _M, "UTF-8 without a byte order mark.", "JSON Feed 1.1, MIME; RFC 8259 §8.1"),
    Rule("JSON-17", _S, "The feed is smaller than 1 MB.", "JSON Feed 1.1, Suggestions for publishers"),
    Rule("JSON-19", _S, "Addresses are absolute.", "JSON Feed 1.1, Items"),
    Rule("JSON-20", _S, "`tags` is an array of plain texts; nothing is null.", "JSON Feed 1.1, Items"),
    Rule("JSON-21", _M, "One well-formed JSON object, no name twice in an object.", "RFC 8259 §2, §4"),
    # Extensions
    Rule("NS-01", _M, "`content:encoded` occurs once in an item and is never empty.", "RSS 1.0 Content module"),
    Rule("NS-02", _M, "Dates in Dublin Core are W3C date-times.", "DCMI terms; W3C Date and Time Formats"),
    Rule("NS-03", _M, "Syndication module: known period, positive frequency, W3C base.", "RSS 1.0 Syndication module"),
    Rule(
        "NS-07",
        _M,
        "`media:content` has a `url` or a player; its numbers are numbers.",
        "Media RSS 1.5.1, media:content",
    ),
    Rule("NS-08", _M, "`media:group` holds two or more renditions of one thing.", "Media RSS 1.5.1, media:group"),
    Rule("NS-10", _M, "`media:thumbnail` has an absolute `url`.", "Media RSS 1.5.1, media:thumbnail"),
    Rule("NS-11", _M, "Types in media elements are those that Media RSS knows.", "Media RSS 1.5.1"),
    Rule("LANG-01", _S, "The feed names its language.", "RSS 2.0, language"),
    Rule("PAGE-01", _M, "A complete feed is neither paged nor archived.", "RFC 5005 §2"),
    Rule("PAGE-07", _M, "Paging and archive links stand in the feed, not in entries.", "RFC 5005 §1"),
    Rule("PAGE-08", _S, "A document is paged or archived, not both.", "RFC 5005 §1"),
    Rule("TOMB-01", _M, "A tombstone has `ref` and `when` (RFC 3339).", "RFC 6721 §3"),
    Rule("TOMB-03", _M, "No two tombstones share `ref` and `when`.", "RFC 6721 §3"),
    Rule("WS-01", _M, "A feed with a hub has exactly one self link.", "WebSub §4"),
    Rule("WS-02", _S, "Hub and self stand in the Link headers too, the same there.", "WebSub §4"),
    Rule("XSL-02", _S, "No XSLT stylesheet: browsers are giving XSLT up.", "announcements of the browsers' makers"),
    # OPML 2.0
    Rule("OPML-01", _M, "`opml` of version 2.0 with one `head` and one `body` with an `outline`.", "OPML 2.0"),
    Rule("OPML-02", _M, "Every outline has a `text`.", "OPML 2.0, Outline elements"),
    Rule("OPML-03", _M, "A subscription is of type rss and has an `xmlUrl`.", "OPML 2.0, Subscription lists"),
    Rule("OPML-04", _M, "An outline of type link or include has a `url`.", "OPML 2.0, Inclusion"),
    Rule("OPML-05", _M, "Dates follow RFC 822.", "OPML 2.0, head; RFC 822 §5"),
    Rule("OPML-06", _M, "`isComment` and `isBreakpoint` are true or false.", "OPML 2.0, Outline attributes"),
    # HTTP
    Rule("HTTP-01", _S, "An answer has an ETag and a Last-Modified.", "RFC 9110 §8.8.2.1, §8.8.3.1"),
    Rule("HTTP-02", _S, "The Content-Type is the feed's own media type.", "RFC 4287 §7; JSON Feed 1.1, MIME"),
    Rule("HTTP-03", _M, "A 304 has no body and the validators and cache headers of the 200.", "RFC 9110 §15.4.5"),
    Rule("HTTP-04", _M, "If-None-Match is compared weakly, and may be a list or `*`.", "RFC 9110 §13.1.2"),
    Rule("HTTP-05", _M, "If-None-Match overrules If-Modified-Since.", "RFC 9110 §13.1.3, §13.2.2"),
    Rule("HTTP-06", _M, "An If-Modified-Since that is no date is ignored.", "RFC 9110 §13.1.3"),
    Rule("HTTP-07", _M, "Last-Modified is not later than Date.", "RFC 9110 §8.8.2.1"),
    Rule("HTTP-08", _M, "A strong ETag differs between codings.", "RFC 9110 §8.8.1, §8.8.3.3"),
    Rule("HTTP-09", _M, "`Vary` names what the choice of the answer depends on.", "RFC 9110 §12.5.5"),
    Rule("HTTP-10", _P, "The same content has the same ETag.", "practice of feed readers"),
    Rule("HTTP-16", _M, "A feed behind a secret is `Cache-Control: private` or `no-store`.", "RFC 9111 §3.5, §5.2.2.7"),
    Rule("HTTP-17", _M, "HEAD answers as GET, without a body.", "RFC 9110 §9.3.2"),
    Rule("HTTP-19", _P, "A public feed may be cached.", "practice of feed readers"),
    Rule("HTTP-20", _P, "A feed's address answers 200 with the feed.", "practice of feed readers"),
    Rule("HTTP-21", _P, "No cookies on feeds.", "practice of feed readers"),
    Rule("HTTP-22", _M, "HTTP dates are of the fixed form, in GMT.", "RFC 9110 §5.6.7"),
    # One feed in several formats
    Rule("SAME-01", _M, "Every format holds the same entries, by id, in the same order.", "feedsvc"),
    Rule("SAME-02", _M, "An entry has the same title in every format.", "feedsvc"),
    Rule("SAME-03", _M, "An entry has the same publication date in every format.", "feedsvc"),
    Rule("SAME-04", _M, "An entry has the same link in every format.", "feedsvc"),
)

BY_ID: dict[str, Rule] = {rule.id: rule for rule in RULES}


def table() -> str:
    """Every rule as a Markdown table, in the order above: the body of the page docs/standards.md."""
    lines = ["| rule | level | what it asks for | source |", "|---|---|---|---|"]
    lines += [f"| {rule.id} | {rule.level} | {rule.text} | {rule.source} |" for rule in RULES]
    return "\n".join(lines) + "\n"
