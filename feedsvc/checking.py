"""Checks a file, an address or a published feed against the standards, and reports.

Nothing is changed or kept; what a finding is, `standards` decides.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from feedsvc.errors import NotFound, Unavailable
from feedsvc.fetching import Response
from feedsvc.folder import OPML, SITE, Folder
from feedsvc.model import FORMATS, Format
from feedsvc.standards import Answer, Finding, Level, agreement, check_document, check_response, http, reading

_FEED_FILES = tuple(facts.filename for name, facts in FORMATS.items() if name is not Format.PAGE)
_OK = 200
_UNKNOWN_TAG = '"not-the-tag-of-this-feed"'
_NO_DATE = "the day before yesterday"


@dataclass(frozen=True, slots=True)
class Report:
    """What was checked, and what was found, in document order; `documents` names each that was read."""

    subject: str
    documents: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def counts(self) -> dict[Level, int]:
        """How many findings there are of each level, the gravest first; levels without findings count 0."""
        return {level: sum(found.level is level for found in self.findings) for level in Level}


class Fetch(Protocol):
    """A way to fetch an address, such as a `fetching.Fetcher`."""

    def __call__(self, url: str, headers: Mapping[str, str] | None = None, method: str = "GET") -> Response:
        """Fetch; raises FeedsvcError when there is no answer."""
        ...


def check_file(name: str, data: bytes, *, now: datetime | None = None) -> Report:
    """Check the bytes of a document. `name` is what the report calls it. Never fails."""
    return Report(name, (name,), check_document(data, now=now))


def check_published(root: Path, slug: str, *, base_url: str | None = None, now: datetime | None = None) -> Report:
    """Check every format of a feed as it stands in the feeds folder, and whether they agree.

    With `base_url`, the address that each document gives as its own is compared with the true one. The slug `_site`
    checks the list of feeds. Raises NotFound if nothing is published there, Invalid for a slug that is none,
    Unavailable for a disk that refuses.
    """
    bodies = dict(_published(Folder(root).place(slug), (OPML,) if slug == SITE else _FEED_FILES))
    if not bodies:
        raise NotFound(f"feed {slug!r}", f"nothing is published in {root / slug}", f"Run: feedsvc publish {slug}")
    findings: list[Finding] = []
    for filename, body in bodies.items():
        url = f"{base_url}/feeds/{slug}/{filename}" if base_url is not None and slug != SITE else None
        found = check_document(body, url=url, now=now)
        findings += (dataclasses.replace(one, place=f"{filename}, {one.place}") for one in found)
    facts = {filename: read for filename, body in bodies.items() if (read := reading.facts(body)) is not None}
    return Report(slug, tuple(bodies), (*findings, *agreement.compare(facts)))


def check_url(url: str, fetcher: Fetch, *, now: datetime | None = None) -> Report:
    """Check a document at an address, and how its server answers: by about seven requests, one after another.

    Raises what the fetcher raises when the first of them gets no answer; a later one without an answer is a finding.
    """
    response = fetcher(url, {"Accept-Encoding": "identity"})
    plain = _answer(response)
    findings = [*check_response(plain, url=response.url)]
    if plain.status == _OK:
        content_type = plain.headers.get("content-type", "")
        findings += check_document(plain.body, content_type=content_type, url=response.url, now=now)
        findings += _links(plain)
        findings += _Probes(response.url, plain, fetcher).findings()
    return Report(url, (response.url,), tuple(findings))


def _published(place: Path, filenames: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    for filename in filenames:
        try:
            yield filename, (place / filename).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            reason = error.strerror or str(error)
            raise Unavailable(str(place / filename), reason, "Check the folder and its owner.") from error


def _links(plain: Answer) -> tuple[Finding, ...]:
    facts = reading.facts(plain.body)
    return () if facts is None else http.check_links(plain, facts.hubs, facts.own_addresses)


class _Probes:
    """The further requests, each with the rule that it tries."""

    def __init__(self, url: str, plain: Answer, fetcher: Fetch) -> None:
        self._url = url
        self._plain = plain
        self._fetcher = fetcher

    def findings(self) -> Iterator[Finding]:
        """What each probe finds, one request after another."""
        probes = {
            "the same request again": self._again,
            "a request for gzip": self._coded,
            "If-None-Match": self._unchanged,
            "If-None-Match with If-Modified-Since": self._precedence,
            "If-Modified-Since that is no date": self._bad_date,
            "HEAD": self._head,
        }
        for name, probe in probes.items():
            try:
                yield from probe()
            except Unavailable as error:
                yield http.no_answer(name, error.reason)

    def _again(self) -> tuple[Finding, ...]:
        return http.check_repeat(self._plain, self._ask({}))

    def _coded(self) -> tuple[Finding, ...]:
        return http.check_codings(self._plain, self._ask({"Accept-Encoding": "gzip"}))

    def _unchanged(self) -> tuple[Finding, ...]:
        tag = self._plain.headers.get("etag")
        if not tag:
            return ()
        found = http.check_not_modified(self._plain, self._ask({"If-None-Match": tag}), tag)
        if found:
            return found
        listed = f"{_UNKNOWN_TAG}, W/{tag.removeprefix('W/')}"
        return http.check_not_modified(self._plain, self._ask({"If-None-Match": listed}), listed)

    def _precedence(self) -> tuple[Finding, ...]:
        modified = self._plain.headers.get("last-modified")
        if not modified:
            return ()
        return http.check_precedence(self._ask({"If-None-Match": _UNKNOWN_TAG, "If-Modified-Since": modified}))

    def _bad_date(self) -> tuple[Finding, ...]:
        return http.check_bad_date(self._ask({"If-Modified-Since": _NO_DATE}))

    def _head(self) -> tuple[Finding, ...]:
        return http.check_head(self._plain, self._ask({}, "HEAD"))

    def _ask(self, headers: Mapping[str, str], method: str = "GET") -> Answer:
        return _answer(self._fetcher(self._url, {"Accept-Encoding": "identity", **headers}, method))


def _answer(response: Response) -> Answer:
    return Answer(response.status, response.headers, response.body)
