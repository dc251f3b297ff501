# Fetches a feed, validates it, and prints what Ruby's own library makes of it: ruby read.rb URL

require "json"
require "open-uri"
require "rss"

def instant(date)
  date&.getutc&.strftime("%Y-%m-%dT%H:%M:%SZ")
end

def rss_item(item)
  {
    id: item.guid.content,
    permalink: item.guid.PermaLink?,
    link: item.link,
    title: item.title,
    published: instant(item.pubDate),
    authors: item.dc_creators.map(&:content),
    tags: item.categories.map(&:content),
    summary: item.description,
    content: item.content_encoded,
    picture: item.enclosure && [item.enclosure.url, item.enclosure.type, item.enclosure.length],
    language: item.dc_language
  }
end

def atom_entry(entry)
  enclosure = entry.links.find { |link| link.rel == "enclosure" }
  {
    id: entry.id.content,
    link: entry.links.find { |link| link.rel == "alternate" }.href,
    title: entry.title.content,
    published: instant(entry.published.content),
    updated: instant(entry.updated.content),
    authors: entry.authors.map { |author| author.name.content },
    tags: entry.categories.map(&:term),
    summary: entry.summary.content,
    content: entry.content.content,
    picture: enclosure && [enclosure.href, enclosure.type, Integer(enclosure.length)],
    language: entry.lang
  }
end

# The second argument makes the parser a validating one: it raises where the feed breaks a rule.
feed = RSS::Parser.parse(URI.parse(ARGV[0]).open.read, true)
entries = feed.is_a?(RSS::Atom::Feed) ? feed.entries.map { |entry| atom_entry(entry) } : feed.items.map { |item| rss_item(item) }
puts JSON.generate(entries)
