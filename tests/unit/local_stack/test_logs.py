"""`parley logs` shows functions and servers, from the past or as it happens."""

from __future__ import annotations

from itertools import islice
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from local.stack import cloud, logs
from local.stack.errors import StackError

if TYPE_CHECKING:
    from pathlib import Path

    from local.stack.layout import Layout


class PretendedLogs:
    """CloudFormation, Lambda and CloudWatch Logs of a stack with two functions; `Sweeper` has never run."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def client(self, service: str, _endpoint: str) -> Any:
        return {
            "cloudformation": SimpleNamespace(describe_stack_resources=lambda **_: self._resources()),
            "lambda": SimpleNamespace(
                get_function_configuration=lambda FunctionName: {"LoggingConfig": {"LogGroup": f"group/{FunctionName}"}}  # noqa: N803
            ),
            "logs": SimpleNamespace(get_paginator=lambda _: SimpleNamespace(paginate=self._pages)),
        }[service]

    def _resources(self) -> dict[str, Any]:
        kinds = {"InboundFunction": "Function", "SweeperFunction": "Function", "InboundRole": "Role"}
        return {
            "StackResources": [
                {"LogicalResourceId": name, "PhysicalResourceId": name, "ResourceType": f"AWS::Lambda::{kind}"}
                for name, kind in kinds.items()
            ]
        }

    def _pages(self, *, logGroupName: str, startTime: int) -> list[dict[str, Any]]:  # noqa: N803
        if logGroupName != "group/InboundFunction":
            raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "FilterLogEvents")
        return [{"events": [event for event in self.events if event["timestamp"] >= startTime]}]

    def write(self, moment: int, message: str) -> None:
        self.events.append({"timestamp": moment, "message": message, "logStreamName": "s"})


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> PretendedLogs:
    written = PretendedLogs()
    monkeypatch.setattr(cloud, "client", written.client)
    return written


def _texts(lines: list[str]) -> list[str]:
    return [line.split(maxsplit=2)[2] for line in lines]


def test_functions_lines_come_in_order_without_lambdas_own(layout: Layout, written: PretendedLogs) -> None:
    written.write(2000, "second\n")
    written.write(1000, "first")
    written.write(1000, "START RequestId: 1 Version: $LATEST")
    written.write(3000, "REPORT RequestId: 1\tDuration: 1 ms")

    lines = list(logs.of_functions(layout, None, lines=100, follow=False))

    assert _texts(lines) == ["first", "second"]
    assert lines[0].split()[1] == "Inbound"


@pytest.mark.parametrize("name", ["inbound", "Inbound", "InboundFunction"])
def test_one_function_is_asked_for_by_any_of_its_names(layout: Layout, written: PretendedLogs, name: str) -> None:
    written.write(1000, "here")

    assert _texts(list(logs.of_functions(layout, name, lines=100, follow=False))) == ["here"]


def test_an_unknown_name_is_answered_with_the_known_ones(layout: Layout, written: PretendedLogs) -> None:
    with pytest.raises(StackError) as failure:
        list(logs.of_functions(layout, "nobody", lines=100, follow=False))

    assert failure.value.message == "There is no log named nobody."
    assert "gateway" in failure.value.hint
    assert "Inbound" in failure.value.hint


def test_only_the_last_lines_are_shown(layout: Layout, written: PretendedLogs) -> None:
    for number in range(10):
        written.write(1000 + number, f"line {number}")

    assert _texts(list(logs.of_functions(layout, None, lines=2, follow=False))) == ["line 8", "line 9"]


def test_following_shows_each_new_line_once_even_a_late_one(layout: Layout, written: PretendedLogs) -> None:
    written.write(9000, "before")
    news = iter([(9500, "new"), (9100, "late")])

    def pause(_seconds: float) -> None:
        written.write(*next(news))

    lines = list(islice(logs.of_functions(layout, None, lines=100, follow=True, pause=pause), 3))

    assert _texts(lines) == ["before", "new", "late"]


def test_without_functions_there_is_nothing_to_show(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: str) -> None:
        raise ClientError({"Error": {"Code": "ValidationError"}}, "DescribeStackResources")

    monkeypatch.setattr(cloud, "client", lambda *_: SimpleNamespace(describe_stack_resources=refuse))

    with pytest.raises(StackError, match="No function is deployed"):
        list(logs.of_functions(layout, None, lines=100, follow=False))


def test_following_a_file_shows_whole_lines_also_after_it_began_anew(tmp_path: Path) -> None:
    file = tmp_path / "log"
    file.write_text("old\n")
    contents = iter(["old\nhal", "old\nhalf\n", "new\n"])

    def pause(_seconds: float) -> None:
        file.write_text(next(contents))

    lines = list(islice(logs.of_file(file, lines=10, follow=True, pause=pause), 3))

    assert lines == ["old", "half", "new"]


def test_a_missing_file_has_no_lines(tmp_path: Path) -> None:
    assert list(logs.of_file(tmp_path / "log", lines=10, follow=False)) == []
