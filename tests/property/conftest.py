"""Hypothesis, the same on every machine: no deadline (nothing here is timed), no example database on disk."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "parley",
    deadline=None,
    database=None,
    max_examples=100,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(  # make fuzz: other examples in every round, and more of them
    "fuzz", settings.get_profile("parley"), max_examples=300, derandomize=False, print_blob=True
)
settings.load_profile(os.environ.get("PARLEY_HYPOTHESIS_PROFILE", "parley"))
