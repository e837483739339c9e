"""Is a port taken, and by whom?"""

import errno
import socket
from collections.abc import Iterable

import psutil

from local.stack.errors import StackError
from local.stack.layout import HOST, TITLES, Layout, variable_of

_CONNECT_SECONDS = 0.5


def is_taken(port: int) -> bool:
    """Whether somebody listens on this port of 127.0.0.1, or of every address."""
    with socket.socket() as probe:
        probe.settimeout(_CONNECT_SECONDS)
        if probe.connect_ex((HOST, port)) == 0:
            return True
    with socket.socket() as probe:
        # As the servers do: the remains of closed connections are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise StackError(
                f"Port {port} may only be used by an administrator.", hint="Use a port above 1023."
            ) from None
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return True
            raise
    return False


def holder(port: int) -> str | None:
    """The program that listens on a port, as `name (pid 123)`; None when this account may not know."""
    try:
        connections = psutil.net_connections(kind="tcp")
    except (psutil.Error, OSError):
        return None
    for connection in connections:
        if connection.status == psutil.CONN_LISTEN and connection.laddr[1:2] == (port,) and connection.pid:
            return _name(connection.pid)
    return None


def _name(pid: int) -> str:
    try:
        process = psutil.Process(pid)
        match process.cmdline():
            case [_, "-X", mark, *_] if mark.startswith("parley="):
                return f"the Parley of {mark.partition('@')[2]} (pid {pid})"
        return f"{process.name()} (pid {pid})"
    except psutil.Error:
        return f"pid {pid}"


def require_free(layout: Layout, parts: Iterable[str]) -> None:
    """StackError naming every taken port among those of `parts`, who has it, and how to use another."""
    lines = []
    variables = []
    for part in parts:
        port = layout.port(part)
        if not is_taken(port):
            continue
        by = holder(port)
        lines.append(f"Port {port}, for the {TITLES[part]}, is already taken{f' by {by}' if by else ''}.")
        variables.append(f"{variable_of(part)}=<port>")
    if lines:
        raise StackError(
            "\n".join(lines), hint=f"Stop that program, or use another port: {' '.join(variables)} parley up"
        )
