"""The few errors there are."""

from __future__ import annotations

import pytest

from parley import errors
from parley.errors import Fatal, Fault, Invalid, ParleyError, Rejected, Retryable


def test_a_refusal_says_what_and_where() -> None:
    refusal = Rejected("write a body", code="blank", path="/body")

    assert (str(refusal), refusal.message, refusal.code, refusal.path) == (
        "write a body",
        "write a body",
        "blank",
        "/body",
    )


def test_several_faults_show_the_first_and_keep_all() -> None:
    faults = [Fault("/a", "x", "one"), Fault("/b", "y", "two")]

    refusal = Invalid(faults)

    assert (refusal.path, refusal.code, str(refusal)) == ("/a", "x", "one")
    assert refusal.faults == faults


def test_a_retry_may_say_when() -> None:
    assert Retryable("later", code="c").after is None
    assert Retryable("later", code="c", after=7.5).after == 7.5


@pytest.mark.parametrize("name", ["Unauthorized", "Forbidden", "NotFound", "Conflict", "Invalid"])
def test_every_refusal_is_a_refusal(name: str) -> None:
    assert issubclass(getattr(errors, name), Rejected)


def test_refusals_retries_and_mistakes_of_ours_are_told_apart() -> None:
    assert len({Rejected, Retryable, Fatal}) == 3
    for kind in (Rejected, Retryable, Fatal):
        assert issubclass(kind, ParleyError)
        assert not any(issubclass(kind, other) for other in {Rejected, Retryable, Fatal} - {kind})
