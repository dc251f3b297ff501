"""Decides how the log is written: a line for people or a JSON object a line, each with the request it belongs to.

It decides nothing about what is told. Whoever logs names no reader: no address, no user agent, no token; what looks
like a secret is blotted out here all the same.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final

REQUEST_ID: Final[ContextVar[str | None]] = ContextVar("request_id", default=None)
"""The id of the request that this thread works on."""

# Our own tokens (their id may be told), what follows "Bearer", and who logs in to a database.
_SECRETS: Final = (
    (re.compile(r"(feedsvc_[0-9a-f]{16}_)[A-Za-z0-9_-]+"), r"\1..."),
    (re.compile(r"(\b(?:bearer|basic)\s+)[A-Za-z0-9+/=._~-]{8,}", re.IGNORECASE), r"\1..."),
    (re.compile(r"(://)[^/\s@]+@"), r"\1...@"),
)
_OWN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# These tell of every step they take: a line a second, of no use to anybody.
_QUIET: Final = {"apscheduler": "ERROR", "alembic": "WARNING", "urllib3": "WARNING", "_granian": "WARNING"}


def settings(form: str, level: str) -> dict[str, Any]:
    """Give the settings for `logging.config.dictConfig`: everything to standard error. `form` is "text" or "json"."""
    formatter = {"text": TextFormatter, "json": JsonFormatter}[form]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"chosen": {"()": formatter}},
        "handlers": {"errors": {"class": "logging.StreamHandler", "formatter": "chosen", "stream": "ext://sys.stderr"}},
        "loggers": {name: {"level": least} for name, least in _QUIET.items()},
        "root": {"handlers": ["errors"], "level": level.upper()},
    }


class TextFormatter(logging.Formatter):
    """Writes a line: time, level, who tells, what, and what belongs to it as key=value.

    No hostile text makes a line of its own: control characters are written out, and a traceback is set in.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        told = [f"{key}={_plain(value)}" for key, value in _extras(record).items()]
        head = f"{_time(record)} {record.levelname} {record.name}:"
        line = _readable(" ".join([head, hide_secrets(record.getMessage()), *told]))
        return "\n    ".join([line, *map(_readable, _traceback(self, record).splitlines())])


class JsonFormatter(logging.Formatter):
    """Writes a JSON object on a line: time, level, logger, message, and what belongs to it."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        content = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": hide_secrets(record.getMessage()),
            **_extras(record),
        }
        traceback = _traceback(self, record)
        if traceback:
            content["exception"] = traceback
        return json.dumps(content, default=str)


def hide_secrets(text: str) -> str:
    """Blot out what looks like a token or a password."""
    for secret, instead in _SECRETS:
        text = secret.sub(instead, text)
    return text


def _extras(record: logging.LogRecord) -> Mapping[str, object]:
    request = REQUEST_ID.get()
    given = {key: value for key, value in vars(record).items() if key not in _OWN}
    return given | ({"request_id": request} if request else {})


def _traceback(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    if record.exc_info and not record.exc_text:
        record.exc_text = formatter.formatException(record.exc_info)
    return hide_secrets(record.exc_text or "")


def _time(record: logging.LogRecord) -> str:
    instant = datetime.fromtimestamp(record.created, UTC)
    return f"{instant:%Y-%m-%dT%H:%M:%S}.{instant.microsecond // 1000:03}Z"


def _plain(value: object) -> str:
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if not text or re.search(r'[\s"=]', text) else text


def _readable(text: str) -> str:
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
