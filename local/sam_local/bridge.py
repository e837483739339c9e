"""The way from a container to the servers of this machine, all of which listen on 127.0.0.1 only.

A container calls this machine `host.docker.internal`. Docker Desktop passes that on to 127.0.0.1 by itself.
On Linux the name means the machine's address on Docker's bridge, where nothing listens: there, and nowhere
else, a forwarder takes the calls of containers and hands them to 127.0.0.1.
"""

import contextlib
import errno
import ipaddress
import socket
import socketserver
import threading
from collections.abc import Iterable, Iterator

from local.sam_local import docker
from local.stack.errors import StackError
from local.stack.layout import HOST

NAME = "host.docker.internal"
ADD_HOST = f"{NAME}:host-gateway"
"""For Docker's `--add-host`; Docker itself puts the right address in (20.10 and later)."""

_CONNECT_SECONDS = 5.0
_CHUNK_BYTES = 64 * 1024


@contextlib.contextmanager
def opened(ports: Iterable[int]) -> Iterator[str | None]:
    """Containers reach these ports of 127.0.0.1 meanwhile.

    Yields the address of the forwarder, or None where Docker needs none.
    """
    gateway, subnet = docker.bridge()
    if gateway is None and subnet is not None:
        gateway = str(next(ipaddress.ip_network(subnet).hosts()))
    if gateway is None or not _is_of_this_machine(gateway):
        yield None
        return
    callers = ipaddress.ip_network(subnet or f"{gateway}/32")
    with contextlib.ExitStack() as stack:
        for port in ports:
            stack.enter_context(forwarded(gateway, port, callers))
        yield gateway


@contextlib.contextmanager
def forwarded(address: str, port: int, callers: ipaddress.IPv4Network | ipaddress.IPv6Network) -> Iterator[int]:
    """Hand what comes from `callers` to `address:port` on to 127.0.0.1:port. Yields the port listened on."""
    try:
        server = _Forwarder(address, port, callers)
    except OSError as error:
        raise StackError(
            f"Port {port} on {address}, Docker's bridge, cannot be used: {error.strerror}.",
            hint="Containers reach the local cloud through it. Run make sam-local again; it takes other ports.",
        ) from error
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    with server:
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


class _Forwarder(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: str, port: int, callers: ipaddress.IPv4Network | ipaddress.IPv6Network) -> None:
        self._callers = callers
        self._port = port
        super().__init__((address, port), _Call)

    def verify_request(self, _request: object, client_address: tuple[str, int]) -> bool:
        """Containers only: who else reaches this address has no business here."""
        return ipaddress.ip_address(client_address[0]) in self._callers

    def upstream(self) -> socket.socket:
        """A connection to the server itself."""
        return socket.create_connection((HOST, self._port), timeout=_CONNECT_SECONDS)


class _Call(socketserver.BaseRequestHandler):
    request: socket.socket
    server: _Forwarder

    def handle(self) -> None:
        try:
            upstream = self.server.upstream()
        except OSError:
            return
        with upstream:
            upstream.settimeout(None)
            way_back = threading.Thread(target=_pass_on, args=(upstream, self.request), daemon=True)
            way_back.start()
            _pass_on(self.request, upstream)
            way_back.join()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while chunk := source.recv(_CHUNK_BYTES):
            target.sendall(chunk)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def _is_of_this_machine(address: str) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((address, 0))
        except OSError as error:
            if error.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
                return False
            raise
    return True
