"""One measured number, as one line of JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Figure:
    """`floor` is what the least possible takes in the same unit, None where there is nothing to compare with.

    `calls` says how often each AWS service is called for it; None, and not printed, where that is not the point.
    """

    bench: str
    figure: str
    value: float
    unit: str
    floor: float | None = None
    calls: Mapping[str, int] | None = None

    def line(self) -> str:
        """The JSON line, with `ratio` = value / floor."""
        ratio = None if self.floor is None else round(self.value / self.floor, 2)
        rounded = {"value": round(self.value, 2), "floor": None if self.floor is None else round(self.floor, 2)}
        shown = {name: value for name, value in asdict(self).items() if name != "calls" or value is not None}
        return json.dumps(shown | rounded | {"ratio": ratio})
