"""feedsvc: a feed publishing service. Articles go in; RSS, Atom and JSON feeds that stay right come out."""

__version__ = "0.1.0"
