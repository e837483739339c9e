"""What holds for the storage on moto holds for it on the fakes: the very same tests, collected once more."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from _pytest.fixtures import FixtureFunctionDefinition

SUITES: Final = (
    "test_attachments",
    "test_breakers",
    "test_businesses",
    "test_conversations",
    "test_data_refs",
    "test_deliveries",
    "test_due",
    "test_mailbox",
    "test_messages",
    "test_questions",
    "test_queues",
    "test_settings_writes",
    "test_state_indexes",
    "test_waiting",
)
"""All of tests/unit/storage that speak of the table and the queues."""

FIXTURES: Final = frozenset({"cloud", "store", "dynamo", "clock"})
"""Those of conftest.py: they differ here, or are in several suites."""

BEHIND_THE_CLIENT: Final = frozenset({"delete_table", "_make_api_call"})
"""A test that uses one of these speaks of moto or of botocore itself."""

for _suite in SUITES:
    for _name, _found in vars(import_module(f"tests.unit.storage.{_suite}")).items():
        if _name.startswith("test_") and not BEHIND_THE_CLIENT & set(_found.__code__.co_names):
            globals()[f"{_name}_in_{_suite}"] = _found
        if isinstance(_found, FixtureFunctionDefinition) and _name not in FIXTURES:
            assert _name not in globals(), f"two suites have a fixture called {_name}"
            globals()[_name] = _found
