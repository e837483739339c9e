"""The exception tree. An error decides behaviour, so there are few.

ParleyError
├── Rejected        the caller's fault: says what is wrong and how to mend it; never retried
│   ├── Unauthorized    no credential was presented
│   ├── Forbidden       a credential was presented and is not good
│   ├── NotFound        the thing does not exist, or is not the caller's to see
│   ├── Conflict        it clashes with something that is already there
│   └── Invalid         several faults in one body, all reported at once
├── Retryable       it may work later: kept and tried again
└── Fatal           our own set-up is wrong: an operator has to mend it
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class ParleyError(Exception):
    """Root of everything Parley raises on purpose."""


class Rejected(ParleyError):  # noqa: N818  (the tree's words are verdicts, not kinds of Error)
    """The request is at fault. `code` is stable, `path` a JSON pointer into the body (or None)."""

    def __init__(self, message: str, *, code: str, path: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.path = path


class Unauthorized(Rejected):
    """No credential was presented."""


class Forbidden(Rejected):
    """The credential presented does not hold."""


class NotFound(Rejected):
    """Not there, or not the caller's to see: the two look alike on purpose."""


class Conflict(Rejected):
    """Clashes with what is already stored."""


class Fault(NamedTuple):
    """One thing that is wrong. `path` is a JSON pointer, `code` stable, `message` says how to mend it."""

    path: str
    code: str
    message: str
    warning: bool = False
    """Worth telling, but no reason to refuse."""


class Invalid(Rejected):
    """Several faults in one body, all reported at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        first = faults[0]
        super().__init__(first.message, code=first.code, path=first.path)
        self.faults = faults


class Retryable(ParleyError):  # noqa: N818
    """May work later. `after` is the wait in seconds the other side asked for, if it did."""

    def __init__(self, message: str, *, code: str, after: float | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.after = after


class Fatal(ParleyError):  # noqa: N818
    """Our own set-up is wrong; the message names what an operator has to mend."""
