"""One short text that differs when any of some files does."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

_SKIPPED_FOLDERS = frozenset({"__pycache__", ".aws-sam"})


def fingerprint(root: Path, *sources: str, salt: str = "") -> str:
    """Hash names and bytes of files, and of all files below folders, named relative to `root`.

    A source that does not exist counts as nothing; `salt` is what else should make a difference.
    """
    digest = hashlib.sha256(salt.encode())
    for path in _files(root, sources):
        content = path.read_bytes()
        digest.update(f"\0{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:32]


def _files(root: Path, sources: tuple[str, ...]) -> Iterator[Path]:
    for name in sources:
        source = root / name
        if source.is_file():
            yield source
        for path in sorted(source.rglob("*")) if source.is_dir() else ():
            if path.is_file() and not _SKIPPED_FOLDERS & set(path.relative_to(root).parts[:-1]):
                yield path
