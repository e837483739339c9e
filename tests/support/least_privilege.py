"""Every right of every function is used by some test of `tests/functions`, and nothing is called without one.

Each process notes what its tests used (`tests.support.rights`). It is judged once, when all of them have ended: what is
unused only if the whole folder ran and passed, what was called without a right whatever ran. Either fails the run.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

type Right = tuple[str, str]
"""An action, and the resource in the words of template.yaml."""

type Used = Mapping[str, set[Right]]
"""`<folder>/<module>` of a function → what its calls needed."""

FOLDER: Final = Path(__file__).resolve().parents[1] / "functions"
NOTED: Final = pytest.StashKey[dict[str, set[Right]]]()
"""Where on the config a process keeps what it noted."""

_HANDED_OVER: Final = "rights_of_functions"

# Rights that no call of ours names, and why they are there.
IMPLIED: Final = {
    ("sqs:DeleteMessage", "EventsQueue.Arn"): "Lambda takes away what was handled",
    ("sqs:DeleteMessage", "OutboxQueue.Arn"): "Lambda takes away what was handled",
    ("sqs:DeleteMessage", "WakeupsQueue.Arn"): "Lambda takes away what was handled",
    ("sqs:DeleteMessage", "AutomationsQueue.Arn"): "Lambda takes away what was handled",
    ("sqs:DeleteMessage", "TransfersQueue.Arn"): "Lambda takes away what was handled",
    ("sqs:DeleteMessage", "ErasuresQueue.Arn"): "Lambda takes away what was handled",
    ("sqs:DeleteMessage", "UploadsQueue.Arn"): "Lambda takes away what was handled",
    ("sqs:SendMessage", "ExpiryDlq.Arn"): "Lambda notes what of the stream it gave up",
    ("s3:ListBucket", "Bucket.Arn"): "without it S3 says 403 of an object that is not there, and not 404",
}


@cache
def granted() -> dict[str, frozenset[Right]]:
    """What template.yaml lets each function do, as far as calls of our own or `IMPLIED` need it."""
    from tests.template.access_checks import grants, role_of
    from tests.template.test_access import NOT_CALLED_BY_OUR_CODE
    from tests.template.translation import resolved, source, translated

    sam = source()
    template = resolved(translated(sam), Stage="prod")
    of_role: dict[str, set[Right]] = defaultdict(set)
    for grant in grants(template):
        if grant.action not in NOT_CALLED_BY_OUR_CODE or grant.resource.endswith("Dlq.Arn"):
            of_role[grant.role].add((grant.action, grant.resource))
    found: dict[str, frozenset[Right]] = {}
    for name, resource in sam["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            properties: dict[str, Any] = resource["Properties"]
            folder, module = properties["CodeUri"].split("/")[1], properties["Handler"].split(".")[0]
            found[f"{folder}/{module}"] = frozenset(of_role[role_of(template, name)])
    return found


def unused(used: Used) -> list[str]:
    """A line for each right that no test used."""
    return _told(
        {function: rights - used.get(function, set()) - IMPLIED.keys() for function, rights in granted().items()}
    )


def not_granted(used: Used) -> list[str]:
    """A line for each call that would have been refused."""
    return _told({function: rights - granted()[function] for function, rights in used.items()})


def _told(rights: Mapping[str, set[Right] | frozenset[Right]]) -> list[str]:
    return sorted(f"{function}: {action} on {on}" for function, each in rights.items() for action, on in each)


class LeastPrivilege:
    """The pytest plugin: in a worker (`-n`) it hands over what was noted, in the process that was started it judges."""

    def __init__(self) -> None:
        self._used: dict[str, set[Right]] = defaultdict(set)
        self._is_whole = False
        self._deselected = False
        self._faults: dict[str, list[str]] = {}

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        """By `-k`, `-m`, `--lf`, `--deselect` …"""
        self._deselected |= any(item.path.is_relative_to(FOLDER) for item in items)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Only now is known whether something was left out."""
        places = [Path(argument).resolve() for argument in session.config.args if "::" not in argument]
        collected = {item.path for item in session.items}
        self._is_whole = (
            any(FOLDER.is_relative_to(place) for place in places)
            and collected >= set(FOLDER.glob("test_*.py"))
            and not self._deselected
            and not session.config.option.collectonly
        )

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker has ended. Of one that crashed nothing is known, but that the run has failed."""
        handed_over = getattr(node, "workeroutput", {}).get(_HANDED_OVER)
        if handed_over is not None:
            self._is_whole |= handed_over["is_whole"]
            for function, rights in handed_over["used"].items():
                self._used[function] |= {(action, resource) for action, resource in rights}

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Before anybody tells how it went."""
        for function, rights in session.config.stash.get(NOTED, {}).items():
            self._used[function] |= rights
        if hasattr(session.config, "workeroutput"):
            used = {function: sorted(rights) for function, rights in self._used.items()}
            session.config.workeroutput[_HANDED_OVER] = {"is_whole": self._is_whole, "used": used}
            return
        self._faults = {"called without a right": not_granted(self._used)} if self._used else {}
        if self._is_whole and exitstatus == pytest.ExitCode.OK:
            self._faults["rights that no test of tests/functions uses"] = unused(self._used)
        if any(self._faults.values()):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """What is wrong, if anything is."""
        for what, lines in self._faults.items():
            if lines:
                terminalreporter.section(what, red=True, bold=True)
                for line in lines:
                    terminalreporter.write_line(line, red=True)
