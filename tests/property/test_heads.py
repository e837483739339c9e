"""Heads of answers are read as `http.client` reads them, or refused."""

from __future__ import annotations

import io
from http.client import HTTPException, HTTPResponse, LineTooLong, parse_headers
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.heads import MAX_LINE_BYTES, MAX_LINES, Head, read_headers

NAMES = st.text("abcXYZ019-", min_size=1, max_size=12).map(str.encode)
VALUES = st.binary(max_size=30).map(lambda value: value.replace(b"\n", b""))
ENDS = st.sampled_from([b"\r\n", b"\n"])
REGULAR = st.builds(lambda name, gap, value, end: name + b":" + gap + value + end, NAMES, st.just(b" "), VALUES, ENDS)
ODD = st.binary(min_size=1, max_size=20).map(lambda line: line.replace(b"\n", b"x") + b"\r\n")
FOLDED = st.builds(lambda value, end: b" " + value + end, VALUES, ENDS)
LINES = st.lists(st.one_of(REGULAR, REGULAR, REGULAR, ODD, FOLDED), max_size=12)


class Wire(io.BytesIO):
    """A socket, as far as an answer looks at it."""

    def makefile(self, _mode: str) -> io.BytesIO:
        return self


def begun(kind: type[HTTPResponse], content: bytes, method: str = "POST") -> HTTPResponse:
    answer = kind(Wire(content), method=method)  # type: ignore[arg-type]
    answer.begin()
    return answer


def facts(answer: HTTPResponse) -> dict[str, Any]:
    names = ("version", "status", "code", "reason", "chunked", "length", "will_close")
    return {name: getattr(answer, name) for name in names} | {"headers": answer.getheaders(), "body": answer.read()}


@given(lines=LINES)
def test_any_lines_become_the_same_headers(lines: list[bytes]) -> None:
    content = b"".join(lines) + b"\r\n"

    ours, theirs = io.BytesIO(content), io.BytesIO(content)

    assert read_headers(ours).items() == parse_headers(theirs).items()
    assert ours.tell() == theirs.tell()


FRAMING = st.sampled_from(
    [
        b"Content-Length: 2\r\n",
        b"content-length: 0\r\n",
        b"Content-Length: many\r\n",
        b"Content-Length: -1\r\n",
        b"Transfer-Encoding: Chunked\r\n",
        b"Connection: close\r\n",
        b"Connection: keep-alive\r\n",
        b"Server: x\r\n",
    ]
)


@given(
    version=st.sampled_from([b"HTTP/1.1", b"HTTP/1.0"]),
    status=st.sampled_from([b"200 OK", b"204 No Content", b"304", b"404  Not Found ", b"500 "]),
    before=st.sampled_from([b"", b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\nLink: x\r\n\r\n"]),
    framing=st.lists(FRAMING, max_size=3),
    method=st.sampled_from(["GET", "POST", "HEAD"]),
)
def test_framing_is_understood_alike(
    version: bytes, status: bytes, before: bytes, framing: list[bytes], method: str
) -> None:
    chunked = any(line.startswith(b"Transfer") for line in framing)
    body = b"2\r\nok\r\n0\r\n\r\n" if chunked else b"ok"
    content = before + version + b" " + status + b"\r\n" + b"".join(framing) + b"\r\n" + body

    assert facts(begun(Head, content, method)) == facts(begun(HTTPResponse, content, method))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 099 No\r\n\r\n",
        "HTTP/1.1 ²00 OK\r\n\r\n".encode("latin-1"),
        b"HTTP/1.1 101 Switching Protocols\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * (MAX_LINES + 1) + b"\r\n",
    ],
)
def test_what_is_no_answer_is_refused(content: bytes) -> None:
    with pytest.raises(HTTPException):
        begun(Head, content)


@pytest.mark.parametrize("content", [b"H" * (MAX_LINE_BYTES + 1), b"HTTP/1.1 200 OK\r\na: " + b"b" * MAX_LINE_BYTES])
def test_a_line_has_an_end(content: bytes) -> None:
    with pytest.raises(LineTooLong):
        begun(Head, content + b"\r\n\r\n")


def test_as_many_lines_as_there_may_be_are_read() -> None:
    answer = begun(Head, b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * MAX_LINES + b"\r\n")

    assert len(answer.getheaders()) == MAX_LINES
