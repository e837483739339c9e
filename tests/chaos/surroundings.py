"""What the standard library, the network and the composition are to the code under test while a run lasts."""

from __future__ import annotations

import importlib
import logging
import pkgutil
import random
import secrets
import sys
import threading
import time
import uuid
from concurrent import futures
from contextlib import ExitStack, contextmanager
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

import urllib3
from urllib3.util.ssl_ import create_urllib3_context

import parley
from parley.business.egress import EgressGuard
from parley.conversation import identity
from parley.runtime import batch, compose
from parley.runtime.log import log
from tests.chaos.loop import Process, Unsupported
from tests.chaos.threads import Lock, Pool, wait

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.chaos.loop import Loop
    from tests.chaos.web import Web

_SLOW_TO_LOAD: Final = (".imaging", ".mmcs")
"""Pictures and ciphers: no run needs them."""


class ComposedProcess(Process):
    """A process with a composition of its own."""

    composition: ModuleType


class _Shim(ModuleType):
    """Stands for a module; what it does not play ends the run."""

    def __init__(self, name: str, **played: Any) -> None:
        super().__init__(name)
        self.__dict__.update(played)

    def __getattr__(self, name: str) -> Any:
        raise Unsupported(f"{self.__name__}.{name} is not played")


class _Composition(ModuleType):
    """Stands for the composition wherever a module names it: it is that of the process whose turn it is."""

    def __init__(self, loop: Loop) -> None:
        super().__init__(compose.__name__)
        self._loop = loop

    def __getattr__(self, name: str) -> Any:
        process = self._loop.current.process if self._loop.current is not None else None
        if not isinstance(process, ComposedProcess):
            raise Unsupported("only processes of functions are composed")
        return getattr(process.composition, name)


class Surroundings:
    """One run's clock, chance, locks, threads and network. Entered, they are everybody's in `parley`."""

    def __init__(self, loop: Loop, web: Web, chance: random.Random, *, complain: Callable[[str], None]) -> None:
        def now() -> float:
            process = loop.current.process if loop.current is not None else None
            return loop.now + (process.skew if process is not None else 0.0)

        def new_uuid() -> uuid.UUID:
            return uuid.UUID(int=chance.getrandbits(128), version=4)

        def urlopen(
            pool: urllib3.HTTPConnectionPool, method: str, url: str, body: Any = None, headers: Any = None, **_: Any
        ) -> urllib3.HTTPResponse:
            if method != "POST":
                raise Unsupported(f"{method} {url}")
            return web.request(pool, url, body, headers or {})

        self.guard = EgressGuard(allow_loopback=False, resolve=lambda host, _: [web.resolve(host)])
        self._urlopen = urlopen
        self._token_bytes = chance.randbytes
        self._complain = complain
        self._stand_ins: dict[int, Any] = {
            id(time): _Shim("time", time=now, monotonic=lambda: loop.now, sleep=loop.sleep, gmtime=time.gmtime),
            id(random): _Shim("random", random=chance.random, uniform=chance.uniform),
            id(secrets): _Shim("secrets", token_bytes=chance.randbytes),
            id(uuid): _Shim("uuid", uuid4=new_uuid, uuid5=uuid.uuid5, UUID=uuid.UUID),
            id(threading): _Shim("threading", Lock=lambda: Lock(loop)),
            id(compose): _Composition(loop),
            id(futures.ThreadPoolExecutor): lambda max_workers: Pool(loop, max_workers),
            id(batch.threads): lambda: Pool(loop, batch.MAX_GROUPS),
            id(futures.wait): lambda given, timeout=None: wait(loop, given, timeout),
            id(create_urllib3_context): lambda: _Shim("context", load_default_certs=lambda: None),
        }
        assert set(self._stand_ins) == {id(real) for real in _REPLACED}

    def into(self, module: ModuleType) -> None:
        """Put everything into a module that belongs to this run alone."""
        for name, real in _named(module):
            setattr(module, name, self._stand_ins[id(real)])

    @contextmanager
    def entered(self) -> Iterator[None]:
        """During this, `parley` lives here. One run at a time in a process of ours."""
        with ExitStack() as undo:
            for module, name, real in _places():
                setattr(module, name, self._stand_ins[id(real)])
                undo.callback(setattr, module, name, real)
            undo.callback(setattr, urllib3.HTTPConnectionPool, "urlopen", urllib3.HTTPConnectionPool.urlopen)
            urllib3.HTTPConnectionPool.urlopen = self._urlopen  # type: ignore[method-assign,assignment]
            undo.callback(setattr, identity.ulid, "__defaults__", identity.ulid.__defaults__)
            identity.ulid.__defaults__ = (self._token_bytes,)
            for name in (log.name, "parley"):
                undo.callback(_overheard(logging.getLogger(name), _Complaints(self._complain)))
            yield


_REPLACED: Final = (
    time,
    random,
    secrets,
    uuid,
    threading,
    compose,
    futures.ThreadPoolExecutor,
    batch.threads,
    futures.wait,
    create_urllib3_context,
)


class _Complaints(logging.Handler):
    """Hears what went wrong and was not expected to: an error that is none of ours has the place it came from."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        if getattr(record, "place", None) is not None:
            self._tell(f"{record.getMessage()}: {getattr(record, 'error', '')} at {getattr(record, 'place', '')}")


def _overheard(logger: logging.Logger, handler: logging.Handler) -> Callable[[], None]:
    """Let only `handler` hear it; the answer takes it away again."""
    handlers, level, propagates = logger.handlers[:], logger.level, logger.propagate
    logger.handlers[:] = [handler]
    logger.setLevel(handler.level)
    logger.propagate = False

    def back() -> None:
        logger.handlers[:] = handlers
        logger.setLevel(level)
        logger.propagate = propagates

    return back


def _named(module: ModuleType) -> list[tuple[str, Any]]:
    """What a module names of that which is replaced; a package keeps its own modules."""
    return [
        (name, value)
        for name, value in vars(module).items()
        if any(value is real for real in _REPLACED) and f"{module.__name__}.{name}" not in sys.modules
    ]


@cache
def _places() -> list[tuple[ModuleType, str, Any]]:
    """Where anything that is replaced is named, in all modules of the package."""
    for found in pkgutil.walk_packages(parley.__path__, "parley."):
        if not found.name.endswith(_SLOW_TO_LOAD):
            importlib.import_module(found.name)
    loaded = [module for name, module in sorted(sys.modules.items()) if name.startswith("parley.")]
    return [(module, name, real) for module in loaded for name, real in _named(module)]
