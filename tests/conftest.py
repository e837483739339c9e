"""What holds for every suite: no test reaches beyond this machine.

Unit-level tests may open no socket at all, unless they say that they talk to a server of their own
(`pytest.mark.allow_hosts(["127.0.0.1"])`). Suites that start servers may reach the loopback addresses;
`tests/stack`, with its own local cloud, is left alone and answers for itself.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import pytest

from tests.support.least_privilege import LeastPrivilege

TESTS: Final = Path(__file__).parent
NO_SOCKETS: Final = ("unit", "property")
OWN_SERVERS: Final = (Path("unit/local"), Path("unit/local_stack"))
LOOPBACK: Final = ["127.0.0.1", "::1"]

# Nothing of the developer's own account, and no look at an instance's metadata service.
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
for _name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN"):
    os.environ.pop(_name, None)


def pytest_configure(config: pytest.Config) -> None:
    """The rights of the functions are judged when all is over, over all processes (`-n`)."""
    config.pluginmanager.register(LeastPrivilege())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every test the least network it can do with; a test's own mark counts more."""
    for item in items:
        if any(item.get_closest_marker(name) for name in ("allow_hosts", "enable_socket", "disable_socket")):
            continue
        where = item.path.relative_to(TESTS) if item.path.is_relative_to(TESTS) else Path()
        if where.parts[:1] == ("stack",):
            continue
        if where.parts[:1] and where.parts[0] in NO_SOCKETS and not any(map(where.is_relative_to, OWN_SERVERS)):
            item.add_marker(pytest.mark.disable_socket)
        else:
            item.add_marker(pytest.mark.allow_hosts(LOOPBACK))
