"""Reading, mapping and judging a form of ten pages, as the business API does it for every send (aim: 3 ms).

The floor reads and writes the same JSON twice, which is what a messenger that checks nothing would have to do.
"""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Final

from bench import BenchError, say
from bench.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.artefacts import Artefacts

NAME = "form"
PAGES: Final = 10

_SCRIPT: Final = """
import json, statistics, sys, time
from pydantic_core import from_json, to_json
from parley.apple import wire
from parley.business import sends
from parley.business.kinds.base import Build

body = sys.stdin.buffer.read()

def work():
    send = sends.read(body)
    build = Build(request_identifier="7c0e3f3a-0000-4000-8000-000000000000", now=0, png=lambda image: "")
    mapped = send.to_apple(build)
    assert not [fault for fault in wire.check_content(mapped.type, mapped.content, now=0) if not fault.warning]

def floor():
    to_json(from_json(to_json(from_json(body))))

def timed(run):
    samples = []
    for _ in range(300):
        started = time.perf_counter()
        run()
        samples.append((time.perf_counter() - started) * 1000)
    return statistics.median(samples)

work(), floor()
print(json.dumps([timed(work), timed(floor)]))
"""


def figures(made: Artefacts) -> Iterator[Figure]:
    """One figure, measured in one process with the built layer."""
    say(f"{NAME}: a form of {PAGES} pages, 300 times …")
    done = subprocess.run(
        [*made.python, "-c", _SCRIPT],
        env=made.environment(),
        cwd=made.root,
        input=json.dumps(_form()),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BenchError(f"cannot time the form:\n{done.stderr}")
    value, floor = json.loads(done.stdout)
    yield Figure(NAME, "read, map and judge", value, "ms", floor)


def _form() -> dict[str, object]:
    pages: list[dict[str, object]] = [
        {
            "type": "select",
            "identifier": f"page{number}",
            "question": f"Question {number}",
            "items": [{"identifier": f"{number}-{item}", "title": f"Answer {item}"} for item in range(6)],
            "next": f"page{number + 1}",
        }
        for number in range(PAGES - 1)
    ]
    pages.append({"type": "input", "identifier": f"page{PAGES - 1}", "question": "Where may we write?"})
    return {"to": "urn:mbid:AQAAYexample0customer0A==", "type": "form", "title": "A long form", "pages": pages}
