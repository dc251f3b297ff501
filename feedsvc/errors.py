"""The one small tree of errors. Each names the thing, the reason and the fix.

Doors map them to statuses and exit codes; nothing here formats for a screen or a protocol.
"""

from __future__ import annotations


class FeedsvcError(Exception):
    """Something that a caller can be told about.

    `thing` is what it is about ("feed 'sport'", "config.toml"), `reason` what is wrong with it, `fix` what to do
    about it.
    """

    def __init__(self, thing: str, reason: str, fix: str = "") -> None:
        super().__init__(thing, reason, fix)
        self.thing = thing
        self.reason = reason
        self.fix = fix

    def __str__(self) -> str:
        message = f"{self.thing}: {self.reason}"
        return f"{message}. {self.fix}" if self.fix else message


class NotFound(FeedsvcError):
    """There is no such thing, or it may not be seen."""


class Gone(NotFound):
    """There was such a thing, and it was taken away for good."""


class Conflict(FeedsvcError):
    """The thing is in a state that does not allow this, or the name is taken."""


class PreconditionFailed(FeedsvcError):
    """The caller worked from a state that is no longer the current one."""


class Invalid(FeedsvcError):
    """What was handed in breaks a rule."""


class Forbidden(FeedsvcError):
    """The caller may not do this."""


class Unavailable(FeedsvcError):
    """Something this needs is out of reach for now; trying again later may help."""


class ConfigInvalid(FeedsvcError):
    """A configuration with one or more faults, all of them reported together.

    `faults` holds one line for each: table, key, value and what would be right.
    """

    def __init__(self, path: str, faults: tuple[str, ...]) -> None:
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__(path, count, "Nothing was started.")
        self.faults = faults

    def __str__(self) -> str:
        return "\n".join([f"{self.thing}: {self.reason}", *(f"  {fault}" for fault in self.faults), self.fix])
