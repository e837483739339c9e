"""The validation pattern of an input page (protocol/05 §3.4).

The device compiles it with ICU, we see whether it compiles with `re`: what only ICU knows is first replaced by
something alike. Flags go too: they change nothing about compiling, and `re` takes long over large sets without case.
"""

import re
import warnings
from collections.abc import Iterator
from typing import Final

from parley.apple import limits
from parley.apple.wire.rules import Complaint, at_most

_TOKEN: Final = re.compile(
    r"""
      \\[pP]\{[^{}]*\}              # a property of Unicode
    | \\x\{[0-9a-fA-F]+\}           # a character by number
    | \\Q.*?(?:\\E|\Z)              # a quotation
    | \\k<[A-Za-z][A-Za-z0-9]*>     # a group by name
    | \\.                           # any other escape
    | \(\?<(?=[A-Za-z])             # a group that gets a name
    | \(\?<[=!]                     # a look behind, which need not be of fixed width
    | \(\?[dimsuwx-]+(?=[:)])       # flags
    """,
    re.DOTALL | re.VERBOSE,
)
_ONLY_ICU: Final = "pPkQhHRXzGe"


def compiles(value: str) -> Iterator[Complaint]:
    """A regular expression the device can compile."""
    yield from at_most(limits.MAX_REGEX_CHARS, value)
    if len(value) > limits.MAX_REGEX_CHARS:
        return
    try:
        with warnings.catch_warnings(action="ignore"):
            re.compile(_TOKEN.sub(_plainly, value))
    except (re.PatternError, OverflowError, RecursionError) as error:
        why = f": {error.msg}" if isinstance(error, re.PatternError) else ""
        yield "not_compilable", f"mend the regular expression{why}"


def _plainly(found: re.Match[str]) -> str:
    token = found[0]
    if token == "(?<":  # noqa: S105  (of a pattern, not of a login)
        return "(?P<"
    if token.startswith("(?<"):
        return "(?" + token[-1]
    if token.startswith("(?"):
        return "(?:"
    return r"\w" if token[1] in _ONLY_ICU or token.startswith(r"\x{") else token
