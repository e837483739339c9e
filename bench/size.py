"""How large the layer and the functions are, unpacked (Lambda's limit for all of it is 250 MB) and zipped."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from bench import say
from bench.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bench.artefacts import Artefacts

NAME = "size"


def figures(made: Artefacts) -> Iterator[Figure]:
    """The layer in MB, each function's folder in KB."""
    say(f"{NAME} …")
    yield Figure(NAME, "layer", _bytes(made.layer) / 1e6, "MB")
    yield Figure(NAME, "layer zipped", _zipped_bytes(made.layer) / 1e6, "MB")
    for name in made.functions:
        yield Figure(NAME, name, _bytes(made.function(name)) / 1e3, "KB")


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in _files(folder))


def _zipped_bytes(folder: Path) -> int:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _files(folder):
            archive.write(path, path.relative_to(folder))
    return len(target.getvalue())
