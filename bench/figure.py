"""One measured number, as one line of JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`floor` is what the least possible takes in the same unit, None where there is nothing to compare with."""

    bench: str
    figure: str
    value: float
    unit: str
    floor: float | None = None

    def line(self) -> str:
        """The JSON line, with `ratio` = value / floor."""
        ratio = None if self.floor is None else round(self.value / self.floor, 2)
        rounded = {"value": round(self.value, 2), "floor": None if self.floor is None else round(self.floor, 2)}
        return json.dumps(asdict(self) | rounded | {"ratio": ratio})
