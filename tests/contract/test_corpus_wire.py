"""The wire check, judged by a corpus that was written from the protocol pages alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.corpus.cases import name_of
from tests.contract.corpus.edits import is_at_or_below
from tests.contract.corpus.everything import BROKEN, EVERY, GOOD
from tests.contract.corpus.parts import NOW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parley.errors import Fault
    from tests.contract.corpus.cases import Broken, Good, Spot
    from tests.contract.corpus.edits import Message


def errors_of(message: Message) -> list[Fault]:
    """The faults that refuse a message; warnings do not count."""
    from parley.apple import wire

    return [fault for fault in wire.check(message, now=NOW) if not fault.warning]


def listed(faults: Sequence[Fault]) -> str:
    return (
        "\n".join(f"    {fault.path or '(whole message)'}  {fault.code}: {fault.message}" for fault in faults)
        or "    none"
    )


def is_reported(spot: Spot, paths: set[str]) -> bool:
    return spot in paths if isinstance(spot, str) else any(pointer in paths for pointer in spot)


@pytest.mark.parametrize("case", GOOD, ids=name_of)
def test_a_good_message_passes(case: Good) -> None:
    errors = errors_of(case.message())

    assert not errors, f"{case.name} is good by protocol/{case.says}, but was refused:\n{listed(errors)}"


def test_no_message_is_changed_by_the_check() -> None:
    for case in EVERY:
        message = case.message()
        errors_of(message)

        assert message == case.message(), case.name


@pytest.mark.parametrize("case", BROKEN, ids=name_of)
def test_every_fault_of_a_broken_message_is_reported_where_it_lies(case: Broken) -> None:
    errors = errors_of(case.message())
    paths = {fault.path for fault in errors}

    silent = [spot for spot in case.at if not is_reported(spot, paths)]

    assert not silent, f"{case.name} breaks protocol/{case.says} at {silent}; reported were:\n{listed(errors)}"


@pytest.mark.parametrize("case", BROKEN, ids=name_of)
def test_nothing_else_of_a_broken_message_is_reported(case: Broken) -> None:
    pointers = case.pointers()

    strays = [e for e in errors_of(case.message()) if not any(is_at_or_below(e.path, pointer) for pointer in pointers)]

    assert not strays, f"{case.name} is at fault at {sorted(pointers)} only; reported as well:\n{listed(strays)}"
