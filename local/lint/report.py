"""`parley lint` on files: what is printed, and how it ends."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from local.lint.judge import faults_of
from local.lint.reading import entries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from parley.errors import Fault

GOOD, BAD, UNUSABLE = 0, 1, 2


class Finding(NamedTuple):
    """Something found in a file. `line` is known for JSON Lines."""

    file: str
    line: int | None
    fault: Fault

    def as_json(self) -> dict[str, str]:
        """For machines: these five keys."""
        path, code, message, warning = self.fault
        severity = "warning" if warning else "error"
        return {"file": self.file, "path": path, "code": code, "message": message, "severity": severity}

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        path, code, message, warning = self.fault
        mark = "warning: " if warning else ""
        return _printable(f"{where}: {path or '(whole message)'}  {code}  {mark}{message}")


def lint(files: Sequence[str], *, now: float, as_json: bool, say: Callable[[str], None]) -> int:
    """Print every finding on stdout; `say` gets the rest. Returns the exit code.

    0 when all messages are good, 1 when any is bad, 2 when a file could not be read. Warnings do not count.
    """
    findings: list[Finding] = []
    messages = unreadable = 0
    for name in files:
        try:
            content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        except OSError as error:
            say(f"{_printable(name)}: cannot be read: {error.strerror or error}")
            unreadable += 1
            continue
        found = entries(content, name)
        messages += len(found)
        findings += [
            Finding(name, entry.line, fault)
            for entry in found
            for fault in ([entry.fault] if entry.fault else _placed(entry.pointer, faults_of(entry.message, now=now)))
        ]
    if as_json:
        sys.stdout.write(json.dumps([finding.as_json() for finding in findings], indent=2) + "\n")
    else:
        sys.stdout.writelines(f"{finding}\n" for finding in findings)
        say(_summary(messages, findings))
    if unreadable:
        return UNUSABLE
    return BAD if any(not finding.fault.warning for finding in findings) else GOOD


def _placed(pointer: str, faults: Iterable[Fault]) -> Iterator[Fault]:
    return (fault._replace(path=pointer + fault.path) for fault in faults)


def _summary(messages: int, findings: Sequence[Finding]) -> str:
    warnings = sum(finding.fault.warning for finding in findings)
    parts = [_counted(messages, "message"), _counted(len(findings) - warnings, "fault")]
    if warnings:
        parts.append(_counted(warnings, "warning"))
    return ", ".join(parts)


def _counted(number: int, thing: str) -> str:
    return f"{number or 'no'} {thing}{'' if number == 1 else 's'}"


def _printable(text: str) -> str:
    """A field's name may hold anything; a terminal may not get it all."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
