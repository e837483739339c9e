"""Customers' files, keys and bodies pass through memory only: what is deployed knows no way to a disk."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from local.stack.layout import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODULES = sorted([*(ROOT / "functions").rglob("*.py"), *(ROOT / "layers/shared/parley").rglob("*.py")])
TO_DISK = {"tempfile", "shutil", "sqlite3", "shelve", "dbm", "mmap"}
WRITERS = {"write_bytes", "write_text", "mkdir", "touch", "fdopen", "mkstemp", "download_file", "upload_file"}


def ways_to_disk(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (name.name for name in names if name.name.partition(".")[0] in TO_DISK)
            case ast.ImportFrom(module=str(module)) if module.partition(".")[0] in TO_DISK:
                yield module
            case ast.Call(func=ast.Name(id="open")):
                yield "open"
            case ast.Call(func=ast.Attribute(value=ast.Name(id="os" | "io"), attr="open")):
                yield "open"
            case ast.Call(func=ast.Attribute(attr=name)) if name in WRITERS:
                yield name


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_that_is_deployed_has_no_way_to_a_disk(module: Path) -> None:
    assert list(ways_to_disk(module.read_text())) == []


@pytest.mark.parametrize(
    "source",
    ["import tempfile", "from shutil import copy", "open('/tmp/a', 'wb')", "io.open(3)", "path.write_bytes(b'')"],
)
def test_a_way_to_a_disk_is_found(source: str) -> None:
    assert list(ways_to_disk(source)) != []
