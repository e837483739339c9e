"""What a function costs, next to the least it could cost; see docs/performance.md."""

from __future__ import annotations

import sys


class BenchError(Exception):
    """Nothing can be measured, or what was measured cannot be compared; the message says why."""


def say(text: str) -> None:
    """Progress, for whoever watches; stdout is for figures alone."""
    print(text, file=sys.stderr, flush=True)
