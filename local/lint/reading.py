"""What is in a file: one message, a JSON array of them, or one on each line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from parley.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

LINES = (".jsonl", ".ndjson")
"""Names of files that hold one message on each line, even if it is only one."""


class Entry(NamedTuple):
    """One message of a file. `pointer` leads to it: empty for the whole file, else `/0`, `/1` …

    `fault` is set, and `message` is None, where there is no JSON at all.
    """

    pointer: str
    message: Any = None
    line: int | None = None
    fault: Fault | None = None


def entries(content: bytes, name: str) -> list[Entry]:
    """Every message of a file, in order. JSON Lines are told by the name, or by a second value on a line of its own."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return [_not_json("", f"encode the file as UTF-8: byte {error.start} is none")]
    if name.endswith(LINES):
        return list(_of_lines(text))
    try:
        value = _parsed(text)
    except ValueError as error:
        if _goes_on(text):
            return list(_of_lines(text))
        return [_not_json("", _told(error, text))]
    if isinstance(value, list):
        return [Entry(f"/{number}", message) for number, message in enumerate(value)]
    return [Entry("", value)]


def _of_lines(text: str) -> Iterator[Entry]:
    written = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if not written:
        yield _not_json("", _told(None, text))
    for place, (number, line) in enumerate(written):
        try:
            yield Entry(f"/{place}", _parsed(line), number)
        except ValueError as error:
            yield _not_json(f"/{place}", _told(error, line), number)


def _parsed(text: str) -> Any:
    """Raises ValueError for everything that is not JSON, also for what is too deep or too long to read."""
    try:
        return json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _goes_on(text: str) -> bool:
    """Whether a first value ends with its line, and something follows."""
    start = len(text) - len(text.lstrip())
    try:
        _, end = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return False
    return text[end:].lstrip(" \t\r").startswith("\n") and bool(text[end:].strip())


def _not_json(pointer: str, message: str, line: int | None = None) -> Entry:
    return Entry(pointer, line=line, fault=Fault(pointer, "body_not_json", message))


def _told(error: ValueError | None, text: str) -> str:
    if not text.strip():
        return "write one JSON object; there is nothing here"
    if isinstance(error, json.JSONDecodeError):
        where = f"line {error.lineno}, column {error.colno}" if "\n" in text.strip() else f"column {error.colno}"
        return f"write JSON; at {where}: {error.msg}"
    return f"write JSON: {error}"
