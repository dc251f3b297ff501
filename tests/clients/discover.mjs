// Finds the feeds of a web page, and prints them: node discover.mjs URL

import { getRssUrlsFromHtmlBody } from "rss-url-finder";

const answer = await fetch(process.argv[2]);
console.log(JSON.stringify(getRssUrlsFromHtmlBody(await answer.text())));
