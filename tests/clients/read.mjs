// Reads a feed as one of the JavaScript parsers does, and prints what it makes of it: node read.mjs PARSER URL

import { parseFeed } from "feedsmith";
import RssParser from "rss-parser";

// rss-parser leaves out what it is not asked for; of authors it keeps the first.
const item = ["media:content", ["dc:creator", "creators", { keepArray: true }], ["author", "authors", { keepArray: true }]];

const parsers = {
  // A parser of text: fetched by what every JavaScript program fetches with.
  feedsmith: async (url) => {
    const answer = await fetch(url);
    return parseFeed(await answer.text());
  },
  // Fetches by itself.
  "rss-parser": (url) => new RssParser({ customFields: { item } }).parseURL(url),
};

const [parser, url] = process.argv.slice(2);
console.log(JSON.stringify(await parsers[parser](url)));
