"""Fixtures several suites share; a suite takes them by importing them into its conftest."""

from __future__ import annotations

import io
import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from moto import mock_aws

from parley.runtime import compose
from parley.runtime.log import log
from tests.support import cloud as moto_cloud

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.cloud import Cloud


@dataclass
class Logged:
    """Everything that was said: our own lines, those of every library, and what was printed."""

    own: io.StringIO
    others: io.StringIO
    capture: pytest.CaptureFixture[str]
    _printed: str = ""

    def lines(self) -> list[dict[str, Any]]:
        """Our own log lines."""
        return [json.loads(line) for line in self.own.getvalue().splitlines()]

    def everything(self) -> str:
        """All of it as one text."""
        printed = self.capture.readouterr()
        self._printed += printed.out + printed.err
        return self.own.getvalue() + self.others.getvalue() + self._printed


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> Iterator[Logged]:
    """Hears every logger at the levels they have in Lambda."""
    heard = Logged(io.StringIO(), io.StringIO(), capsys)
    own = log.registered_handler
    assert isinstance(own, logging.StreamHandler)
    before = own.setStream(heard.own)
    root, others = logging.getLogger(), logging.StreamHandler(heard.others)
    level = root.level
    root.addHandler(others)
    root.setLevel(logging.WARNING)
    yield heard
    root.setLevel(level)
    root.removeHandler(others)
    if before is not None:
        own.setStream(before)


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """The stack's data plane in moto, empty but for Apple's secret."""
    for name, value in moto_cloud.AWS_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        yield moto_cloud.build()


@pytest.fixture
def fresh_composition() -> Iterator[None]:
    """Nothing wired before or after; only clients are kept, as they know no test's state."""
    kept = {compose.client, compose.session}
    wired = [made for made in vars(compose).values() if hasattr(made, "cache_clear") and made not in kept]
    for made in wired:
        made.cache_clear()
    yield
    for made in wired:
        made.cache_clear()
