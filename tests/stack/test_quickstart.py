"""The quickstart does what it says: its commands are run as they stand there, against this suite's own stack."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Final

import pytest

from local.stack.layout import ROOT
from tests.stack.conftest import free_ports

if TYPE_CHECKING:
    from tests.stack.conftest import Stack

PAGE: Final = ROOT / "docs/quickstart.md"
_COMMANDS: Final = re.compile(r"(?<!-->\n)^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NODE: Final = shutil.which("node")


def commands() -> list[str]:
    """All blocks that say nothing else of themselves, in order."""
    return _COMMANDS.findall(PAGE.read_text("utf-8"))


def test_the_quickstart_works_as_it_is_written(stack: Stack) -> None:
    found = commands()
    if NODE is None:
        assert not os.environ.get("CI"), "node is missing here, so half of the quickstart would go untested"
        pytest.skip("needs node")
    python_port, node_port = free_ports(2)
    env = {**stack.env, "QUICKSTART_PORT": str(python_port), "QUICKSTART_NODE_PORT": str(node_port)}
    # -m: as a terminal does, so that %1 is the first receiver
    script = "set -euo pipefail\nset -m\n" + "\n".join(found)

    done = subprocess.run(
        ["bash", "-c", script], cwd=ROOT, env=env, capture_output=True, text=True, timeout=180, check=False
    )

    said = done.stdout
    assert done.returncode == 0, said + done.stderr
    assert said.count('"ok": true') == 2, said
    assert len(re.findall(r"^endpoint\.test", said, re.MULTILINE)) == 2
    assert re.search(r"^401$", said, re.MULTILINE)
    assert '"state": "queued"' in said
    assert '"kind": "list_picker"' in said
    assert re.search(r"^message\.received \w+ \d+ m$", said, re.MULTILINE)
