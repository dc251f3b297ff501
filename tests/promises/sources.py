"""Articles of every kind of source, as an installation imports them: enough variety for an order to go wrong in."""

from __future__ import annotations

from pathlib import Path

RSS = """\
<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Old site</title><link>https://old.example.org/</link><language>en-GB</language>
<item><title>Bridge reopens</title><link>https://old.example.org/bridge</link>
<guid>https://old.example.org/?p=12</guid><pubDate>Tue, 03 Feb 2026 09:30:00 +0100</pubDate>
<dc:creator>City Desk</dc:creator><category>City</category><category>bridge</category><category>traffic</category>
<description>The bridge is open.</description>
<content:encoded><![CDATA[<p>The <b>bridge</b> is open. <img src="/b.jpg" alt="The bridge"></p>]]></content:encoded>
<enclosure url="https://old.example.org/b.jpg" length="4711" type="image/jpeg"/></item>
<item><title>A guid of another time</title><guid isPermaLink="false"> OLD-Guid:42 &#x416; </guid>
<pubDate>Mon, 02 Feb 2026 23:59:59 EST</pubDate><description>Kept as it is.</description></item>
</channel></rss>
"""

ATOM = """\
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><id>urn:old</id><title>Alte Seite</title>
<updated>2026-02-01T00:00:00Z</updated>
<entry><id>tag:old.example.org,2025:Sturm</id><title>Sturm über Köln</title>
<link href="https://old.example.org/sturm"/><published>2026-01-31T23:30:00+01:00</published>
<updated>2026-02-01T08:00:00.250+01:00</updated><author><name>Wetter</name></author>
<category term="Wetter"/><content type="html">&lt;p&gt;Es stürmt – „sehr“.&lt;/p&gt;</content></entry></feed>
"""

JSON = """\
{"version": "https://jsonfeed.org/version/1.1", "title": "Old", "items": [
{"id": "https://old.example.org/json/1", "url": "https://old.example.org/json/1", "title": "Eclipse",
 "content_html": "<p>Dark at noon.</p>", "date_published": "2026-01-15T12:00:00-05:00", "language": "en",
 "authors": [{"name": "Science Desk"}, {"name": "Ա. Թղթակից"}], "tags": ["sky", "zebra", "apple", "Ünal"]}]}
"""

MARKDOWN = """\
---
title: Elections called
section: Politics
tags: [vote, parliament, Vote]
authors: [Politics Desk, City Desk]
date: 2026-02-10T06:00:00Z
id: elections
language: hy
---
The vote is **on Sunday**, see [the list](https://example.org/list).
"""

TEXT = """\
Rain expected

Rain is expected on Monday. “Take an umbrella,” the service said.

Share
"""

FILES = {"old.xml": RSS, "old.atom": ATOM, "old.json": JSON, "elections.md": MARKDOWN, "rain.txt": TEXT}


def write_sources(folder: Path) -> Path:
    """Write one file of each kind into a new folder, and give it."""
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
