"""Instants as feed formats write them: RFC 822 in English for RSS, RFC 3339 for Atom and JSON Feed.

Never asks the clock, the host's time zone or the locale: the same instant gives the same text everywhere.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime


def rfc822(instant: datetime) -> str:
    """Write an instant for RSS: English names, four-digit year, +0000 (STANDARDS RSS-06, PROF-11; RFC 822 section 5).

    Raises ValueError for an instant without a time zone.
    """
    # email.utils has its own English names; strftime, which feedgen uses, asks the process's locale for them.
    return format_datetime(_in_utc(instant))


def rfc3339(instant: datetime) -> str:
    """Write an instant for Atom and JSON Feed in whole seconds, with an upper-case T and Z (RFC 4287 section 3.3).

    Raises ValueError for an instant without a time zone.
    """
    return _in_utc(instant).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _in_utc(instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        raise ValueError(f"the instant {instant.isoformat()} has no time zone; instants are UTC here")
    return instant.astimezone(UTC)
