"""Running a server of the laptop as a program."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pydantic import ValidationError

from local.web.serving import LOOPBACK, PortError, bind, server

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.applications import Starlette


def run(name: str, build: Callable[[], Starlette], *, port: int) -> int:
    """Serve what `build` makes until SIGINT or SIGTERM; returns the exit code, 0 for a normal end.

    `build` may raise pydantic's ValidationError for a wrong configuration, and OSError: both give 2.
    A port that cannot be used gives 1. Each says on stderr what to do.
    """
    try:
        app = build()
        listener = bind(port)
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, found['loc']))}: {found['msg']}" for found in error.errors())
        return _fail(2, f"The configuration is wrong. {problems}")
    except PortError as error:
        return _fail(1, f"{error} Choose another with --port.")
    except OSError as error:
        return _fail(2, str(error))
    with listener:
        sys.stderr.write(f"{name} on http://{LOOPBACK}:{listener.getsockname()[1]}\n")
        server(app).run(sockets=[listener])
    return 0


def _fail(code: int, text: str) -> int:
    sys.stderr.write(f"{text}\n")
    return code
