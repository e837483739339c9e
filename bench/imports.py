"""What each function imports to understand a text, next to what importing pydantic alone takes.

In a process as Lambda has one by then, with its runtime client and the library that calls AWS, and in a bare one. The
reason why only what a business sends is a pydantic model: everything else is read by hand.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bench import BenchError, say, world
from bench.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.artefacts import Artefacts

NAME = "imports"
ROUNDS: Final = 25
"""The best of these counts, in processor time: whatever else the machine does only ever adds to it."""

_FLOOR: Final = "from pydantic import BaseModel, Field"
"""What every module with a model in it begins with."""
_IN_A_FUNCTION: Final = "import awslambdaric.bootstrap, botocore.session"
"""What is there before the first of ours: Lambda's runtime client, and what every function calls AWS with."""
_BARE: Final = ""
_ENVELOPE: Final = {
    "v": 1,
    "id": world.MESSAGE,
    "type": "text",
    "sourceId": world.CUSTOMER,
    "destinationId": world.BUSINESS,
    "body": world.TEXT,
}
_HEADERS: Final = {"id": world.MESSAGE, "source-id": world.CUSTOMER, "destination-id": world.BUSINESS}
_READ: Final = f"inbound.read({json.dumps(_ENVELOPE).encode()!r}, {_HEADERS!r})"
_SEND: Final = json.dumps({"to": world.CONVERSATION, "body": world.TEXT}).encode()


@dataclass(frozen=True, slots=True)
class _Models:
    """`imported` is timed. `used` shows that it is all there is: nothing more of Parley may be imported by it."""

    imported: str
    used: str


_MODELS: Final = {
    "inbound": _Models(
        "from parley.apple import inbound; from parley.conversation import events",
        f"{_READ}; events.write(events.Event(events.Kind.MESSAGE, 'b', 'c'))",
    ),
    "routing": _Models(
        "from parley.apple import inbound, tapbacks; from parley.conversation import events",
        f"{_READ}; tapbacks.detect({world.TEXT!r}, 'en_US')",
    ),
    "outbound-api": _Models(
        "from parley.business import sends; from parley.business.kinds import text; from parley.apple import wire;"
        " from parley.apple.wire import text as judge",
        f"sends.read({_SEND!r}).model_dump_json(); wire.check_content('text', {{'body': {world.TEXT!r}}}, now=1.0)",
    ),
    "outbound-sender": _Models(
        "from parley.apple import outbound; from parley.conversation import events",
        "outbound.OutboundMessage('i', 'text', 'b', 'c', {}).body()",
    ),
}
_TIMED: Final = """
import sys, time
{before}
started = time.process_time()
{imported}
taken = time.process_time() - started
known = set(sys.modules)
{used}
late = sorted(name for name in set(sys.modules) - known if name.startswith("parley"))
print(taken * 1000, ",".join(late))
"""


def figures(made: Artefacts) -> Iterator[Figure]:
    """Two figures per function, and the share of the only one with pydantic that is ours; each in a new interpreter."""
    say(f"{NAME}: {ROUNDS} times each …")
    models = {**_MODELS, "": _Models(_FLOOR, "")}
    scripts = {(name, before): _script(models[name], before) for name in models for before in (_IN_A_FUNCTION, _BARE)}
    scripts |= {("outbound-api", _FLOOR): _script(_MODELS["outbound-api"], _FLOOR)}
    best = dict.fromkeys(scripts, float("inf"))
    for _ in range(ROUNDS):
        for which, script in scripts.items():
            best[which] = min(best[which], _milliseconds(made, script))
    for before, where in ((_IN_A_FUNCTION, ""), (_BARE, " in a bare interpreter")):
        for name in _MODELS:
            yield Figure(NAME, f"models of {name}{where}", best[name, before], "ms", best["", before])
    yield Figure(NAME, "models of outbound-api after pydantic", best["outbound-api", _FLOOR], "ms")


def _script(models: _Models, before: str) -> str:
    return _TIMED.format(before=before, imported=models.imported, used=models.used)


def _milliseconds(made: Artefacts, script: str) -> float:
    """As a function starts, in its environment and with bytecode. Raises BenchError when not all of it was timed."""
    environment = made.environment(AWS_LAMBDA_FUNCTION_NAME="bench")
    command = [*made.python, "-c", script]
    done = subprocess.run(command, env=environment, cwd=made.root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchError(f"cannot time this:\n{script}\n{done.stderr}")
    taken, _, late = done.stdout.strip().partition(" ")
    if late:
        raise BenchError(f"{late} is imported later, and was not timed")
    return float(taken)
