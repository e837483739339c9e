"""A message as it is sent, and how its faults are told to who sent it another way: as a template with variables."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from parley.errors import Fault, Invalid, Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from parley.business.kinds.base import Send

TEMPLATE: Final = "/template"


@dataclass(frozen=True, slots=True)
class Filled:
    """`used` names the template, version and locale; None when the message was written as it is sent.

    `variables` leads the pointer of each text that was made of a variable to where that was given, and says whether
    the value is the variable's own; `written` are the members that the sender wrote.
    """

    send: Send
    used: dict[str, Any] | None = None
    variables: Mapping[str, tuple[str, bool]] = field(default_factory=dict)
    written: frozenset[str] = frozenset()

    @contextmanager
    def told(self) -> Iterator[None]:
        """What is wrong with the message, in the sender's words: a variable is, or the template itself."""
        try:
            yield
        except Invalid as error:
            if self.used is None:
                raise
            faults = [self._told(fault) for fault in error.faults]
            raise Invalid(list({(fault.path, fault.code): fault for fault in faults}.values())) from None
        except Rejected as error:
            if self.used is not None and error.path is not None:
                error.path = self.place(error.path)
            raise

    def notes(self, notes: list[dict[str, str]]) -> list[dict[str, str]]:
        """What was done to pictures, with the sender's pointers."""
        return notes if self.used is None else [{**note, "path": self.place(note["path"])} for note in notes]

    def place(self, path: str) -> str:
        """Where the sender wrote what stands at `path`; `/template` when it is the template that says it."""
        if path.split("/")[1:2] and path.split("/")[1] in self.written:
            return path
        prefix = path
        while prefix and prefix not in self.variables:
            prefix = prefix.rpartition("/")[0]
        if prefix not in self.variables:
            return TEMPLATE
        where, is_its_own = self.variables[prefix]
        return where + path[len(prefix) :] if is_its_own else where

    def _told(self, fault: Fault) -> Fault:
        path = self.place(fault.path)
        if path != TEMPLATE:
            return fault._replace(path=path)
        return fault._replace(path=path, message=f"{fault.message} (in the template, at {fault.path or 'its top'})")
