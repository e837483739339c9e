"""`python -m bench [NAME]`: all benches, or one. One JSON line per figure on stdout, progress on stderr."""

from __future__ import annotations

import sys
from typing import Final

from bench import (
    BenchError,
    attachments,
    delivery,
    form,
    imports,
    inbound,
    outbound_api,
    outbound_sender,
    references,
    rotation,
    routes,
    say,
    size,
)
from bench.artefacts import artefacts

BENCHES: Final = {
    module.NAME: module.figures
    for module in (
        inbound,
        outbound_api,
        outbound_sender,
        delivery,
        attachments,
        form,
        imports,
        size,
        references,
        rotation,
        routes,
    )
}


def main(arguments: list[str]) -> int:
    """Returns the exit code: 2 for an unknown name, 1 when nothing could be measured."""
    unknown = [name for name in arguments if name not in BENCHES]
    if unknown:
        say(f"There is no bench called {unknown[0]}. There are: {', '.join(BENCHES)}.")
        return 2
    try:
        with artefacts() as made:
            for name in arguments or BENCHES:
                for figure in BENCHES[name](made):
                    print(figure.line(), flush=True)
    except BenchError as error:
        say(f"bench: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
