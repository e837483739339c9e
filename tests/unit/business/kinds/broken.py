"""Good friendly messages broken in one place, or in a few, and where a business is told of it."""

from __future__ import annotations

import base64
import copy
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from parley.apple import wire
from parley.business.kinds.paths import translate
from parley.errors import Invalid
from tests.unit.apple.wire.breaking import GONE, put
from tests.unit.apple.wire.samples import NOW, png
from tests.unit.business.kinds.samples import mapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parley.errors import Fault
    from tests.unit.business.kinds.samples import Json

__all__ = ["GONE", "JPEG", "LARGE", "LONG", "Case", "errors", "is_there", "one", "told", "warnings"]

type Edit = tuple[str, Any]
type Found = list[tuple[str, str]]

LONG: Final = "x" * 201
LARGE: Final = png(filler=160_000)
JPEG: Final = base64.b64encode(b"\xff\xd8\xff\xe0" + b"0" * 40).decode()


class Case(NamedTuple):
    """A good message, the edits that break it, and the faults that a business is told."""

    name: str
    base: Json
    edits: Sequence[Edit]
    expected: Found

    def friendly(self) -> Json:
        """The broken message, made anew."""
        made = copy.deepcopy(self.base)
        for path, value in self.edits:
            put(made, path, value)
        return made


def one(name: str, base: Json, path: str, value: Any, code: str) -> Case:
    """One edit, told at the very place."""
    return Case(name, base, [(path, value)], [(path, code)])


def told(friendly: Json) -> list[Fault]:
    """What a business is told, warnings included."""
    try:
        got = mapped(friendly)
    except Invalid as error:
        return list(error.faults)
    faults = wire.check_content(got.type, got.content, now=NOW)
    return translate([*faults, *(wire.check_construct(got.construct) if got.construct else ())], got.paths)


def errors(friendly: Json) -> Found:
    return [(fault.path, fault.code) for fault in told(friendly) if not fault.warning]


def warnings(friendly: Json) -> Found:
    return [(fault.path, fault.code) for fault in told(friendly) if fault.warning]


def is_there(friendly: Json, path: str) -> bool:
    """Whether the pointer names a member of the message, or one that could be added to it."""
    place: Any = friendly
    steps = path.split("/")[1:]
    for number, step in enumerate(steps):
        if isinstance(place, list):
            if not step.isdecimal() or int(step) >= len(place):
                return False
            place = place[int(step)]
        elif not isinstance(place, dict) or step not in place:
            return isinstance(place, dict) and number == len(steps) - 1
        else:
            place = place[step]
    return True
