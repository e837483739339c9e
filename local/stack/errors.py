"""The one expected failure of the local stack."""

from collections.abc import Sequence


class StackError(Exception):
    """Something a person can put right: what happened, the end of the log that tells more, what to do."""

    def __init__(self, message: str, *, hint: str = "", log_tail: Sequence[str] = (), log: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.log_tail = tuple(log_tail)
        self.log = log
