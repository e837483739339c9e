"""Processes of functions: each its own copy of the composition, so that nothing is shared but the code."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from parley.runtime import compose
from parley.runtime.settings import Settings
from tests.chaos.surroundings import ComposedProcess

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType

    from tests.chaos.surroundings import Surroundings


class FunctionProcess(ComposedProcess):
    """One warm copy of a function: its module, and a composition with all that it keeps in memory."""

    def __init__(
        self,
        name: str,
        *,
        source: Path,
        env: Mapping[str, str],
        clients: Mapping[str, Any],
        around: Surroundings,
        skew: float,
    ) -> None:
        super().__init__(name, skew=skew)
        self.module = _copy(source.stem, source)
        around.into(self.module)
        self.composition = _copy(compose.__name__, *sorted(Path(str(compose.__file__)).parent.glob("[!_]*.py")))
        around.into(self.composition)
        wired: Any = self.composition
        wired.settings = lambda: Settings(env)
        wired.client = lambda service: clients[service]
        wired.guard = lambda: around.guard


@cache
def _compiled(path: Path) -> CodeType:
    return compile(path.read_bytes(), str(path), "exec")


def _copy(name: str, *paths: Path) -> ModuleType:
    """The modules of a package become one: each line of the composition has a name of its own."""
    module = ModuleType(name)
    for path in paths:
        module.__file__ = str(path)
        exec(_compiled(path), module.__dict__)  # noqa: S102  (our own source, once more)
    return module
