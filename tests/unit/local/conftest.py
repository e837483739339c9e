from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local.gateway.app import create_app
from local.gateway.config import Config
from local.gateway.gateway import Gateway
from tests.unit.local.running import serving
from tests.unit.local.wire import CONFIG, OPAQUE_ID, Msp, StubMsp

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def gateway_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One gateway for the tests of a module; `msp` gives each a clean one."""
    with serving(create_app(Gateway(Config(), tmp_path_factory.mktemp("gateway")))) as url:
        yield url


@pytest.fixture
def msp(gateway_url: str) -> Msp:
    """A client of a gateway that knows one business and one customer, and remembers nothing."""
    client = Msp(gateway_url)
    client.control("PUT", "/config", CONFIG)
    client.control("POST", "/customers", {"opaque_id": OPAQUE_ID, "name": "Ada"})
    client.control("POST", "/reset")
    return client


@pytest.fixture(scope="module")
def stub_msp_url() -> Iterator[tuple[StubMsp, str]]:
    stub = StubMsp()
    with serving(stub.app()) as url:
        yield stub, f"{url}/message"


@pytest.fixture
def stub_msp(stub_msp_url: tuple[StubMsp, str], msp: Msp) -> StubMsp:
    """An MSP that receives what the customers send."""
    stub, url = stub_msp_url
    stub.received.clear()
    stub.statuses.clear()
    stub.together = 1
    msp.control("PUT", "/config", {"message_url": url})
    return stub
