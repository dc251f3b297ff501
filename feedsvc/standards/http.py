"""The rules of HTTP for feeds (HTTP-*): one answer by itself, and pairs of answers to requests that differ.

It judges answers that others fetched; it sends nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from urllib.parse import parse_qsl, urlsplit

from feedsvc.standards import decoding
from feedsvc.standards.findings import Finding, finding, shown
from feedsvc.standards.kinds import Kind
from feedsvc.standards.rules import Level

_OK, _NOT_MODIFIED = 200, 304
_TYPES: dict[Kind, tuple[str, ...]] = {
    Kind.RSS: ("application/rss+xml",),
    Kind.ATOM: ("application/atom+xml",),
    Kind.JSON: ("application/feed+json",),
    Kind.OPML: ("text/x-opml", "application/xml", "text/xml"),
}
_FIXDATE = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [0-9]{4} "
    r"[0-9]{2}:[0-9]{2}:[0-9]{2} GMT"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SECRET_NAMES = frozenset(
    ["token", "access_token", "auth", "key", "apikey", "api_key", "secret", "signature", "sig", "password"]
)
_LINK = re.compile(r"<(?P<target>[^<>]*)>(?P<parameters>(?:\s*;\s*[^;,<>=]+(?:=(?:\"[^\"]*\"|[^\";,<>]*))?)*)")
_REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE)
# What a 304 must repeat of the 200 (RFC 9110 section 15.4.5).
_REPEATED = ("etag", "vary", "cache-control", "expires", "content-location")
# What HEAD may leave out: fields that are made while the content is made (RFC 9110 section 9.3.2).
_SAME_ON_HEAD = ("content-type", "etag", "last-modified", "cache-control", "vary", "content-encoding", "link")


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer: its status, its fields (names in lower case, repeated ones joined by a comma), its bytes."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(default=b"", repr=False)


def media_type_findings(content_type: str, kind: Kind) -> Iterator[Finding]:
    """HTTP-02 for a document of a known kind."""
    if kind not in _TYPES:
        return
    message = Message()
    message["Content-Type"] = " ".join(content_type.split()) or "missing"
    media_type = message.get_content_type() if content_type.strip() else ""
    right = _TYPES[kind][0]
    if media_type not in _TYPES[kind]:
        # Readers tolerate the general type of JSON (JSON Feed 1.1, Discovery).
        level = Level.ADVICE if (kind, media_type) == (Kind.JSON, "application/json") else None
        words = f"a document of {kind} is served as {shown(media_type)}"
        yield finding("HTTP-02", "Content-Type", words, f"Serve it as {right}.", level)
    elif kind is not Kind.JSON and decoding.charset_of(content_type) is None:
        words = f"{shown(content_type)} names no charset"
        yield finding("HTTP-02", "Content-Type", words, f"Write {media_type}; charset=utf-8.", Level.ADVICE)


def check_response(answer: Answer, *, url: str) -> tuple[Finding, ...]:
    """Every finding about one answer to GET or HEAD: validators, dates, caching, status."""
    return tuple(found for rule in RESPONSE_RULES for found in rule(answer, url))


def _status(answer: Answer, url: str) -> Iterator[Finding]:
    if answer.status != _OK:
        words = f"{shown(url)} answers {answer.status}"
        fix = "Serve the feed there with status 200; while it can't be built, its last good copy."
        yield finding("HTTP-20", "status", words, fix, Level.ERROR)


def _validators(answer: Answer, _url: str) -> Iterator[Finding]:
    if answer.status != _OK:
        return
    for key, name in (("etag", "ETag"), ("last-modified", "Last-Modified")):
        if not answer.headers.get(key):
            words = f"the answer has no {name}, so readers fetch everything each time"
            yield finding("HTTP-01", name, words, f"Send {name}, and answer 304 when nothing has changed.")
    tag = answer.headers.get("etag")
    if tag and not re.fullmatch(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"', tag):
        yield finding(
            "HTTP-01", "ETag", f"the ETag {shown(tag)} is malformed", 'Write it in quotation marks: "…" or W/"…".'
        )


def _fixed_dates(answer: Answer, _url: str) -> Iterator[Finding]:
    for key, name in (("date", "Date"), ("last-modified", "Last-Modified"), ("expires", "Expires")):
        value = answer.headers.get(key)
        # Expires: 0 and the like are common and mean "expired already" (RFC 9111 section 5.3).
        if value and not (key == "expires" and value.lstrip("-").isdigit()) and http_date(value) is None:
            words = f"{name} is {shown(value)}"
            yield finding("HTTP-22", name, words, "Write it like Tue, 04 Aug 2026 09:00:00 GMT.")


def _not_from_the_future(answer: Answer, _url: str) -> Iterator[Finding]:
    modified, date = (http_date(answer.headers.get(key, "")) for key in ("last-modified", "date"))
    if modified is not None and date is not None and modified > date:
        words = (
            f"Last-Modified {shown(answer.headers['last-modified'])} is later than Date {shown(answer.headers['date'])}"
        )
        yield finding("HTTP-07", "Last-Modified", words, "Send the time of the last change, never one still to come.")


def _varies(answer: Answer, _url: str) -> Iterator[Finding]:
    coding = answer.headers.get("content-encoding", "identity").lower()
    if coding not in {"", "identity"} and not varies_by(answer, "accept-encoding"):
        words = f"the answer is coded with {coding}, and Vary does not name Accept-Encoding"
        yield finding("HTTP-09", "Vary", words, "Send Vary: Accept-Encoding, on 304 too.")


def _private(answer: Answer, url: str) -> Iterator[Finding]:
    if not has_secret(url):
        return
    directives = _directives(answer)
    if not directives & {"private", "no-store"}:
        words = "the address holds a secret, and shared caches may keep the answer"
        yield finding("HTTP-16", "Cache-Control", words, "Send Cache-Control: private.")


def _cacheable(answer: Answer, url: str) -> Iterator[Finding]:
    if answer.status == _OK and "no-store" in _directives(answer) and not has_secret(url):
        words = "the feed forbids every cache (no-store), so readers fetch it in full each time"
        yield finding("HTTP-19", "Cache-Control", words, "Send Cache-Control: public with a short max-age.")


def _no_cookies(answer: Answer, _url: str) -> Iterator[Finding]:
    if answer.headers.get("set-cookie"):
        words = "the answer sets a cookie, which keeps shared caches from storing it"
        yield finding("HTTP-21", "Set-Cookie", words, "Set no cookies on feeds.")


def no_answer(request: str, reason: str) -> Finding:
    """HTTP-20 for a request that got no answer at all, though another one did."""
    words = f"{request} got no answer: {reason}"
    return finding("HTTP-20", request, words, "Answer every request that HTTP allows.", Level.ERROR)


def check_head(get: Answer, head: Answer) -> tuple[Finding, ...]:
    """HTTP-17: HEAD gives the header fields that GET would give."""
    if head.status != get.status:
        words = f"GET answers {get.status}, HEAD {head.status}"
        return (finding("HTTP-17", "status", words, "Answer HEAD as GET, without the body."),)
    different = [
        f"{key}: {shown(get.headers.get(key, ''), 40)} on GET, {shown(head.headers.get(key, ''), 40)} on HEAD"
        for key in _SAME_ON_HEAD
        if get.headers.get(key) != head.headers.get(key)
    ]
    return tuple(finding("HTTP-17", "HEAD", words, "Answer HEAD as GET, without the body.") for words in different)


def check_not_modified(get: Answer, conditional: Answer, sent: str) -> tuple[Finding, ...]:
    """HTTP-03, HTTP-04: the answer to a request with `If-None-Match: sent`, which holds the ETag of `get`."""
    if conditional.status != _NOT_MODIFIED:
        words = f"If-None-Match: {shown(sent)} gets {conditional.status}, though it holds the ETag of the feed"
        fix = "Compare entity tags without regard to W/, as a list, and answer 304."
        return (finding("HTTP-04", "If-None-Match", words, fix),)
    found = [
        finding("HTTP-03", key, f"the 304 does not repeat {key}: {shown(get.headers[key])}", "Repeat it on 304.")
        for key in _REPEATED
        if get.headers.get(key) and not _same_field(key, get, conditional)
    ]
    if conditional.body:
        words = f"the 304 has a body of {len(conditional.body)} bytes"
        found.append(finding("HTTP-03", "body", words, "Send no body with 304."))
    return tuple(found)


def check_precedence(conditional: Answer) -> tuple[Finding, ...]:
    """HTTP-05: the answer to an unknown ETag together with an If-Modified-Since in the future."""
    if conditional.status == _OK:
        return ()
    words = f"an unknown If-None-Match with a late If-Modified-Since gets {conditional.status}: readers miss changes"
    return (finding("HTTP-05", "If-None-Match", words, "Ignore If-Modified-Since when If-None-Match is there."),)


def check_bad_date(conditional: Answer) -> tuple[Finding, ...]:
    """HTTP-06: the answer to an If-Modified-Since that is no date."""
    if conditional.status == _OK:
        return ()
    words = f"an If-Modified-Since that is no date gets {conditional.status}"
    return (finding("HTTP-06", "If-Modified-Since", words, "Ignore it, and answer 200."),)


def check_codings(identity: Answer, coded: Answer) -> tuple[Finding, ...]:
    """HTTP-08, HTTP-09: the same feed with and without compression."""
    coding = coded.headers.get("content-encoding", "identity").lower()
    if coding in {"", "identity"}:
        return ()
    found = list(_varies(coded, ""))
    tag = coded.headers.get("etag", "")
    if not varies_by(identity, "accept-encoding") and not found:
        words = "the feed is served in two codings, and Vary of the plain one does not name Accept-Encoding"
        found.append(finding("HTTP-09", "Vary", words, "Send Vary: Accept-Encoding on every answer."))
    if tag and tag == identity.headers.get("etag") and not tag.startswith("W/"):
        words = f"the plain and the {coding} body share the strong ETag {shown(tag)}"
        found.append(finding("HTTP-08", "ETag", words, "Make it weak (W/), or another one for each coding."))
    return tuple(found)


def check_repeat(first: Answer, second: Answer) -> tuple[Finding, ...]:
    """HTTP-10, RSS-27: two answers to the same request, one soon after the other."""
    tags = first.headers.get("etag"), second.headers.get("etag")
    if first.body == second.body and tags[0] and tags[1] and tags[0] != tags[1]:
        words = f"the same bytes came with the ETags {shown(tags[0])} and {shown(tags[1])}"
        return (finding("HTTP-10", "ETag", words, "Make the ETag of the content alone."),)
    if first.body != second.body and _without_build_date(first.body) == _without_build_date(second.body):
        words = "two answers differ in lastBuildDate alone"
        fix = "Write the time of the last change of content, not of the answer."
        return (finding("RSS-27", "channel, lastBuildDate", words, fix),)
    return ()


def check_links(answer: Answer, hubs: frozenset[str], own: frozenset[str]) -> tuple[Finding, ...]:
    """WS-02: hubs and self of the document, by address, stand in the Link headers too, if there are hubs."""
    if not hubs:
        return ()
    found = []
    linked = links(answer.headers.get("link", ""))
    for rel, named in (("hub", hubs), ("self", own)):
        missing = sorted(named - linked.get(rel, frozenset()))
        if missing:
            words = f"the document names {shown(missing[0])} as {rel}, the Link headers do not"
            found.append(finding("WS-02", "Link", words, f'Send Link: <{missing[0]}>; rel="{rel}".'))
    return tuple(found)


def links(header: str) -> dict[str, frozenset[str]]:
    """The targets of a Link header by relation (RFC 8288)."""
    found: dict[str, set[str]] = {}
    for match in _LINK.finditer(header):
        rel = _REL.search(match["parameters"])
        for word in (rel[1] or rel[2] or "").lower().split() if rel else ():
            found.setdefault(word, set()).add(match["target"])
    return {rel: frozenset(targets) for rel, targets in found.items()}


def http_date(value: str) -> datetime | None:
    """An instant in the one form that may be sent (RFC 9110 section 5.6.7), or None."""
    if not _FIXDATE.fullmatch(value):
        return None
    day, month, year, time = value[5:].split()[:4]
    hour, minute, second = (int(part) for part in time.split(":"))
    try:
        return datetime(int(year), _MONTHS.index(month) + 1, int(day), hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        return None


def varies_by(answer: Answer, key: str) -> bool:
    """Whether Vary names a request field (in lower case), or `*`."""
    names = {name.strip().lower() for name in answer.headers.get("vary", "").split(",")}
    return key in names or "*" in names


def has_secret(url: str) -> bool:
    """Whether a URL's query carries a token, by the name of its parameter."""
    try:
        query = urlsplit(url).query
    except ValueError:
        return False
    return any(name.lower() in _SECRET_NAMES for name, _ in parse_qsl(query))


def _same_field(key: str, one: Answer, other: Answer) -> bool:
    mine, its = one.headers.get(key, ""), other.headers.get(key, "")
    if key == "etag":  # a proxy on the way may weaken it
        return mine.removeprefix("W/") == its.removeprefix("W/")
    if key == "expires":  # moves with the clock
        return bool(its)
    return mine == its


def _directives(answer: Answer) -> set[str]:
    return {part.split("=")[0].strip().lower() for part in answer.headers.get("cache-control", "").split(",")}


def _without_build_date(body: bytes) -> bytes:
    return re.sub(rb"<lastBuildDate>[^<]{0,100}</lastBuildDate>", b"", body)


RESPONSE_RULES: tuple[Callable[[Answer, str], Iterator[Finding]], ...] = (
    _status,
    _validators,
    _fixed_dates,
    _not_from_the_future,
    _varies,
    _private,
    _cacheable,
    _no_cookies,
)
