"""Break a good message in one place, and read the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from parley.apple import wire
from tests.unit.apple.wire.samples import NOW

if TYPE_CHECKING:
    from parley.errors import Fault

DATA: Final = "/interactiveData/data"
GONE: Final = object()
"""Instead of a value: take the member away."""

type Verdict = list[tuple[str, str]]


def put(message: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The message with this value at a JSON pointer (`-` adds to an array), or without the member if it is GONE."""
    *parents, last = [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]
    place: Any = message
    for step in parents:
        place = place[int(step)] if isinstance(place, list) else place[step]
    if isinstance(place, list):
        if last == "-":
            place.append(value)
        elif value is GONE:
            del place[int(last)]
        else:
            place[int(last)] = value
    elif value is GONE:
        del place[last]
    else:
        place[last] = value
    return message


def judged(message: Any) -> list[Fault]:
    return wire.check(message, now=NOW)


def errors(message: Any) -> Verdict:
    """Where and why a message is refused."""
    return [(fault.path, fault.code) for fault in judged(message) if not fault.warning]


def warnings(message: Any) -> Verdict:
    """What the judge has to say about a message it lets pass."""
    assert errors(message) == []
    return [(fault.path, fault.code) for fault in judged(message)]


def mend(message: Any, path: str) -> str:
    """What the judge says about one place."""
    return next(fault.message for fault in judged(message) if fault.path == path)
