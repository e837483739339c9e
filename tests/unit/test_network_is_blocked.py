"""The suites' own promise: no test reaches beyond this machine."""

from __future__ import annotations

import socket

import pytest


def test_a_unit_test_opens_no_socket() -> None:
    with pytest.raises(Exception, match=r"tried to use socket\.socket"):
        socket.socket()
    with pytest.raises(Exception, match=r"tried to use socket\.getaddrinfo"):
        socket.getaddrinfo("example.com", 443)


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_one_with_a_server_of_its_own_reaches_nothing_else() -> None:
    with socket.socket() as opened, pytest.raises(Exception, match=r"192\.0\.2\.1"):
        opened.connect(("192.0.2.1", 443))
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
