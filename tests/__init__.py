"""The tests, and what they share: a package of its own, since another distribution brings one of this name."""
