"""What each function imports to understand its messages, next to what importing pydantic alone takes.

The reason why only what a business sends is a pydantic model: everything else is read by hand.
"""

from __future__ import annotations

import subprocess
from statistics import median
from typing import TYPE_CHECKING, Final

from bench import BenchError, say
from bench.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.artefacts import Artefacts

NAME = "imports"
ROUNDS: Final = 15

_FLOOR: Final = "from pydantic import BaseModel, TypeAdapter"
_MODELS: Final = {
    "inbound": "import parley.apple.inbound, parley.conversation.events",
    "routing": "import parley.apple.inbound, parley.business.results, parley.conversation.events",
    "outbound-api": "import parley.business.sends, parley.business.kinds.text, parley.business.api",
    "outbound-sender": "import parley.apple.outbound, parley.conversation.events",
}
_TIMED: Final = "import time; started = time.perf_counter(); {}; print((time.perf_counter() - started) * 1000)"


def figures(made: Artefacts) -> Iterator[Figure]:
    """One figure per function; a new interpreter for every sample."""
    say(f"{NAME}: {ROUNDS} times each …")
    statements = {**_MODELS, "": _FLOOR}
    taken: dict[str, list[float]] = {name: [] for name in statements}
    for _ in range(ROUNDS):
        for name, statement in statements.items():
            taken[name].append(_milliseconds(made, statement))
    for name in _MODELS:
        yield Figure(NAME, f"models of {name}", median(taken[name]), "ms", median(taken[""]))


def _milliseconds(made: Artefacts, statement: str) -> float:
    command = [*made.python, "-c", _TIMED.format(statement)]
    done = subprocess.run(command, env=made.environment(), cwd=made.root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchError(f"cannot time `{statement}`:\n{done.stderr}")
    return float(done.stdout)
