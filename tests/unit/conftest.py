"""Fixtures of the unit suites."""

from __future__ import annotations

import pytest

from tests.support.fixtures import logged
from tests.support.world import World

__all__ = ["logged"]


@pytest.fixture
def world() -> World:
    """One MSP in memory."""
    return World()
