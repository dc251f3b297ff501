"""`feedsvc check`: do the feeds keep the standards."""
