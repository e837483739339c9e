"""Processes of functions: each its own copy of the composition, so that nothing is shared but the code.

While a run lasts, the modules of `parley` have its clock, its chance, its locks and its network.
"""

from __future__ import annotations

import importlib.util
import logging
import pkgutil
import random
import secrets
import sys
import threading
import time
import uuid
from concurrent import futures
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

import urllib3
from urllib3.util.ssl_ import create_urllib3_context

import parley
from parley.business.egress import EgressGuard
from parley.conversation import identity
from parley.runtime import compose
from parley.runtime.log import log
from parley.runtime.settings import Settings
from tests.chaos.loop import Lock, Pool, Process, Unsupported, wait

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import CodeType

    from tests.chaos.loop import Loop
    from tests.chaos.web import Web

ROOT: Final = Path(__file__).parents[2]


class _Shim(ModuleType):
    """Stands for a module of the standard library; what it does not play ends the run."""

    def __init__(self, name: str, **played: Any) -> None:
        super().__init__(name)
        self.__dict__.update(played)

    def __getattr__(self, name: str) -> Any:
        raise Unsupported(f"{self.__name__}.{name} is not played")


class _Composition(ModuleType):
    """Stands for the composition wherever a module names it: each process has its own."""

    def __init__(self, loop: Loop) -> None:
        super().__init__("parley.runtime.compose")
        self._loop = loop

    def __getattr__(self, name: str) -> Any:
        task = self._loop.current
        process = task.process if task is not None else None
        if not isinstance(process, FunctionProcess):
            raise Unsupported("only processes of functions are composed")
        return getattr(process.composition, name)


class Surroundings:
    """What the standard library is to the code under test during one run."""

    def __init__(self, loop: Loop, web: Web, chance: random.Random) -> None:
        def now() -> float:
            process = loop.current.process if loop.current is not None else None
            return loop.now + (process.skew if process is not None else 0.0)

        def new_uuid() -> uuid.UUID:
            return uuid.UUID(int=chance.getrandbits(128), version=4)

        self.token_bytes = chance.randbytes
        self.guard = EgressGuard(allow_loopback=False, resolve=lambda host, _: [web.resolve(host)])
        played: list[tuple[Any, Any]] = [
            (time, _Shim("time", time=now, monotonic=lambda: loop.now, sleep=loop.sleep, gmtime=time.gmtime)),
            (random, _Shim("random", random=chance.random, uniform=chance.uniform)),
            (secrets, _Shim("secrets", token_bytes=chance.randbytes, token_hex=lambda n: chance.randbytes(n).hex())),
            (uuid, _Shim("uuid", uuid4=new_uuid, uuid5=uuid.uuid5, UUID=uuid.UUID)),
            (threading, _Shim("threading", Lock=lambda: Lock(loop))),
            (create_urllib3_context, lambda: _Shim("context", load_default_certs=lambda: None)),
            (compose, _Composition(loop)),
            (futures.ThreadPoolExecutor, lambda max_workers: Pool(loop, max_workers)),
            (futures.wait, lambda given, timeout=None: wait(loop, given, timeout)),
        ]
        self._played = {id(real): shim for real, shim in played}

        def urlopen(
            pool: urllib3.HTTPConnectionPool, method: str, url: str, body: Any = None, headers: Any = None, **_: Any
        ) -> urllib3.HTTPResponse:
            if method != "POST":
                raise Unsupported(f"{method} {url}")
            return web.request(pool, url, body, headers or {})

        self.urlopen = urlopen

    def into(self, module: ModuleType) -> Callable[[], None]:
        """Put everything played into a module; the answer takes it out again."""
        found = {
            name: (value, self._played[id(value)])
            for name, value in vars(module).items()
            if id(value) in self._played and f"{module.__name__}.{name}" not in sys.modules  # a package has its modules
        }
        for name, (_, shim) in found.items():
            setattr(module, name, shim)

        def out() -> None:
            for name, (real, _) in found.items():
                setattr(module, name, real)

        return out


class _Complaints(logging.Handler):
    """Hears what went wrong and was not expected to: an error that is none of ours."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        if getattr(record, "place", None) is not None:
            self._tell(f"{record.getMessage()}: {getattr(record, 'error', '')} at {getattr(record, 'place', '')}")


@contextmanager
def simulated(around: Surroundings, *, complain: Callable[[str], None]) -> Iterator[None]:
    """During this, the code under test lives in `around`. One run at a time in a process of ours."""
    undo = [around.into(module) for module in _modules()]
    real_urlopen = urllib3.HTTPConnectionPool.urlopen
    real_defaults = identity.ulid.__defaults__
    logger = logging.getLogger(log.name)
    handlers, level, propagates = logger.handlers[:], logger.level, logger.propagate
    urllib3.HTTPConnectionPool.urlopen = around.urlopen  # type: ignore[method-assign,assignment]
    identity.ulid.__defaults__ = (around.token_bytes,)
    logger.handlers[:] = [_Complaints(complain)]
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    try:
        yield
    finally:
        logger.handlers[:] = handlers
        logger.setLevel(level)
        logger.propagate = propagates
        identity.ulid.__defaults__ = real_defaults
        urllib3.HTTPConnectionPool.urlopen = real_urlopen  # type: ignore[method-assign]
        for take_out in undo:
            take_out()


@cache
def _modules() -> list[ModuleType]:
    """Every module of the package that can be loaded here."""
    for found in pkgutil.walk_packages(parley.__path__, "parley."):
        if not found.name.endswith(_NOT_PLAYED):
            importlib.import_module(found.name)
    return [
        module
        for name, module in sorted(sys.modules.items())
        if name.startswith("parley.") and not name.endswith(_NOT_PLAYED)
    ]


_NOT_PLAYED: Final = (".imaging", ".mmcs")
"""Pictures and ciphers are slow to load, and no run needs them."""


@cache
def _compiled(path: Path) -> CodeType:
    return compile(path.read_bytes(), str(path), "exec")


def _copy(name: str, path: Path) -> ModuleType:
    module = ModuleType(name)
    module.__file__ = str(path)
    module.__package__ = name.rpartition(".")[0]
    exec(_compiled(path), module.__dict__)  # noqa: S102  (our own source, once more)
    return module


class FunctionProcess(Process):
    """One warm copy of a function: its module and a composition nobody else has."""

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
        self.composition = _copy("parley.runtime.compose", Path(str(compose.__file__)))
        self.module = _copy(source.stem, source)
        wired: Any = self.composition
        wired.settings = lambda: Settings(env)
        wired.client = lambda service: clients[service]
        wired.guard = lambda: around.guard
        around.into(self.composition)
        around.into(self.module)
