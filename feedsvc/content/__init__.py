"""Rules on text and HTML: legal characters, safe markup, absolute links, summaries, slugs.

Pure: nothing here knows an article, a feed, a clock, a file or the network.
"""
