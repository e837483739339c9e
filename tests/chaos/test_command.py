"""`make chaos`: one line of counts at the end, and an exit code that says whether every promise was kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bench import chaos

if TYPE_CHECKING:
    import pytest


def test_it_ends_with_one_line_of_counts(capsys: pytest.CaptureFixture[str]) -> None:
    exit_code = chaos.main(["--seeds", "2", "--first", "5", "--processes", "1"])

    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert (told["bench"], told["seeds"], told["first"]) == ("chaos", 2, 5)
    assert told["messages"] > 20
    assert sum(told["faults"].values()) > 20
    assert exit_code == (1 if any(told[promise] for promise in chaos.PROMISES) else 0)
    assert all(told[promise] == 0 for promise in ("lost", "inversions", "double_sends", "wrong_ids"))
