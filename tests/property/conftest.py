"""Hypothesis, the same on every machine: no deadline (nothing here is timed), no example database on disk."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "parley",
    deadline=None,
    database=None,
    max_examples=100,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("parley")
