"""Where the local cloud unpacks functions: in memory when there is room, else in the state folder.

A cold start unpacks the whole layer. On a disk that takes five times as long, which shows when twenty
functions start at once.
"""

import hashlib
import os
import shutil
from pathlib import Path

from local.stack.layout import Layout

MEMORY = Path("/dev/shm")  # noqa: S108  (the folder made in it has an unguessable owner check and mode 0700)
ROOM_BYTES = 2 * 1024**3


def prepare(layout: Layout) -> Path:
    """An empty folder `tmp` beside the cloud's data; what a killed cloud left in it is gone."""
    clear(layout)
    folder = _link(layout)
    folder.parent.mkdir(parents=True, exist_ok=True)
    if _has_room():
        _in_memory(layout).mkdir(mode=0o700)
        folder.symlink_to(_in_memory(layout))
    else:
        folder.mkdir()
    return folder


def clear(layout: Layout) -> None:
    """Remove the folder, wherever it is."""
    folder, target = _link(layout), _in_memory(layout)
    if folder.is_symlink():
        folder.unlink()
    shutil.rmtree(folder, ignore_errors=True)
    # Never somebody else's: the name can be known, the owner cannot be forged.
    if target.exists() and not target.is_symlink() and target.stat().st_uid == os.getuid():
        shutil.rmtree(target, ignore_errors=True)


def _link(layout: Layout) -> Path:
    return layout.cloud_dir / "tmp"


def _in_memory(layout: Layout) -> Path:
    name = hashlib.sha256(str(layout.state_dir).encode()).hexdigest()[:12]
    return MEMORY / f"parley-{name}"


def _has_room() -> bool:
    try:
        return os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM_BYTES
    except OSError:
        return False
