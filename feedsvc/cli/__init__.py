"""The command line: one module a subject, one use case a command.

Errors go to standard error with exit code 2 for a wrong call or configuration, 1 for work that failed.
"""

from feedsvc.cli.main import main

__all__ = ["main"]
