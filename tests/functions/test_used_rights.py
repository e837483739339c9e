"""The judge of `tests.support.least_privilege` notices what it is there for; its verdict comes after all tests."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.least_privilege import FOLDER, IMPLIED, NOTED, LeastPrivilege, granted, not_granted, unused

if TYPE_CHECKING:
    from tests.support.least_privilege import Right

ALL: dict[str, set[Right]] = {function: set(rights) for function, rights in granted().items()}
WRITES = ("dynamodb:PutItem", "Table.Arn")


def all_but(function: str, right: Right) -> dict[str, set[Right]]:
    return ALL | {function: ALL[function] - {right}}


def a_session(used: dict[str, set[Right]] | None = None, *, worker: bool = False, **changed: Any) -> Any:
    """A run of the whole folder that is about to end."""
    stash = pytest.Stash()
    stash[NOTED] = used or {}
    facts: dict[str, Any] = {
        "args": [str(FOLDER.parent)],
        "collectonly": False,
        "paths": FOLDER.glob("test_*.py"),
    } | changed
    config = SimpleNamespace(args=facts["args"], stash=stash, option=SimpleNamespace(collectonly=facts["collectonly"]))
    if worker:
        config.workeroutput = {}
    items = [SimpleNamespace(path=path) for path in facts["paths"]]
    return SimpleNamespace(config=config, items=items, exitstatus=pytest.ExitCode.OK)


def run(session: Any, judge: LeastPrivilege | None = None) -> Any:
    """The same session, with the status it ends with."""
    judge = judge or LeastPrivilege()
    judge.pytest_collection_finish(session)
    judge.pytest_sessionfinish(session, session.exitstatus)
    return session


def test_every_function_of_the_template_is_judged() -> None:
    modules = {f"{path.parent.name}/{path.stem}" for path in FOLDER.parents[1].glob("functions/*/*.py")}

    assert {function for function, rights in granted().items() if rights} <= modules
    assert len(granted()) >= 15


def test_a_right_that_no_test_uses_is_named() -> None:
    assert unused(ALL) == []
    assert unused(all_but("inbound/app", WRITES)) == ["inbound/app: dynamodb:PutItem on Table.Arn"]


def test_a_call_without_a_right_is_named() -> None:
    assert not_granted(ALL) == []
    assert not_granted({"routing/app": {("sqs:PurgeQueue", "EventsQueue.Arn")}}) == [
        "routing/app: sqs:PurgeQueue on EventsQueue.Arn"
    ]


def test_what_lambda_itself_needs_is_granted_to_somebody() -> None:
    assert IMPLIED.keys() <= set().union(*granted().values())


def test_a_right_that_no_test_uses_fails_the_run() -> None:
    assert run(a_session(ALL)).exitstatus == pytest.ExitCode.OK
    assert run(a_session(all_but("inbound/app", WRITES))).exitstatus == pytest.ExitCode.TESTS_FAILED


def test_a_call_without_a_right_fails_a_run_of_any_part() -> None:
    session = a_session({"inbound/app": {("dynamodb:Scan", "Table.Arn")}}, paths=[FOLDER / "test_inbound.py"])

    assert run(session).exitstatus == pytest.ExitCode.TESTS_FAILED


@pytest.mark.parametrize(
    "part",
    [
        {"paths": [FOLDER / "test_inbound.py"]},
        {"args": [f"{FOLDER}/test_inbound.py::test_a_text", f"{FOLDER}/test_routing.py"]},
        {"collectonly": True},
    ],
    ids=["one file", "some tests", "none at all"],
)
def test_the_run_of_a_part_says_nothing_of_what_is_unused(part: dict[str, Any]) -> None:
    assert run(a_session(all_but("inbound/app", WRITES), **part)).exitstatus == pytest.ExitCode.OK


def test_nor_does_one_in_which_tests_were_left_out() -> None:
    judge = LeastPrivilege()
    left_out: Any = SimpleNamespace(path=FOLDER / "test_inbound.py")
    judge.pytest_deselected([left_out])

    assert run(a_session(all_but("inbound/app", WRITES)), judge).exitstatus == pytest.ExitCode.OK


def test_nor_does_one_that_failed() -> None:
    session = a_session(all_but("inbound/app", WRITES))
    session.exitstatus = pytest.ExitCode.INTERRUPTED

    assert run(session).exitstatus == pytest.ExitCode.INTERRUPTED


@pytest.mark.parametrize("others", [{"inbound/app": {WRITES}}, {}], ids=["used", "unused"])
def test_what_several_processes_used_counts_together(others: dict[str, set[Right]]) -> None:
    workers = [run(a_session(used, worker=True)) for used in (all_but("inbound/app", WRITES), others)]
    judge, started = LeastPrivilege(), a_session(paths=[])

    for worker in workers:
        judge.pytest_testnodedown(SimpleNamespace(workeroutput=worker.config.workeroutput))
    judge.pytest_testnodedown(SimpleNamespace())  # crashed
    judge.pytest_sessionfinish(started, started.exitstatus)

    assert [worker.exitstatus for worker in workers] == [pytest.ExitCode.OK] * 2
    assert started.exitstatus == (pytest.ExitCode.OK if others else pytest.ExitCode.TESTS_FAILED)


def test_what_is_wrong_is_told_in_the_end() -> None:
    told: list[str] = []
    terminal: Any = SimpleNamespace(
        section=lambda title, **_: told.append(title), write_line=lambda line, **_: told.append(line)
    )
    judge = LeastPrivilege()
    run(a_session(all_but("inbound/app", WRITES)), judge)

    judge.pytest_terminal_summary(terminal)

    assert told == ["rights that no test of tests/functions uses", "inbound/app: dynamodb:PutItem on Table.Arn"]
