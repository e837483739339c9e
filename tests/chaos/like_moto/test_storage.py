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
    "test_deliveries",
    "test_due",
    "test_mailbox",
    "test_messages",
    "test_questions",
    "test_queues",
    "test_state_indexes",
    "test_waiting",
)
"""All of tests/unit/storage that speak of the table and the queues."""

FIXTURES: Final = frozenset({"cloud", "store", "dynamo"})
"""Those of conftest.py, which differ here."""

NOT_FOR_FAKES: Final = frozenset(
    {
        "test_without_a_table_an_operator_has_to_mend_it",  # deletes the table
        "test_a_table_that_is_away_is_no_answer",  # reaches into botocore
    }
)

for _suite in SUITES:
    for _name, _found in vars(import_module(f"tests.unit.storage.{_suite}")).items():
        if _name.startswith("test_") and _name not in NOT_FOR_FAKES:
            globals()[f"{_name}_in_{_suite}"] = _found
        elif isinstance(_found, FixtureFunctionDefinition) and _name not in FIXTURES:
            assert _name not in globals(), f"two suites have a fixture called {_name}"
            globals()[_name] = _found
