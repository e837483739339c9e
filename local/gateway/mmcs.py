"""The store behind Apple's upload and download URLs (protocol/08), kept on disk."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import secrets
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, BinaryIO, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MAX_BYTES = 104_857_600
"""Largest attachment (protocol/14)."""
SIGNATURE_BYTES = 21

_TYPE_BYTE = b"\x81"
_SALT = b"com.apple.XattrObjectSalt\0com.apple.DataObjectSalt\0"


@dataclass(frozen=True)
class Slot:
    """One permission to upload exactly `size` bytes, once and for a while."""

    owner: str
    url: str
    size: int
    expires: float = float("inf")


@dataclass(frozen=True)
class StoredObject:
    """One encrypted blob. `signature` is hex, `size` bytes; `key` only where the gateway itself encrypted.

    The signature is a type byte and a SHA-1 over salts and the encrypted bytes (protocol/08 §6).
    """

    owner: str
    url: str
    size: int
    signature: str
    key: str | None = None

    @property
    def signature_base64(self) -> str:
        """The signature as an MSP sends it (protocol/08 §2)."""
        return base64.b64encode(bytes.fromhex(self.signature)).decode()


class Upload:
    """Writes one blob and computes its signature on the way. Half a blob is never kept."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO = path.open("wb")
        self._digest = hashlib.sha1(_SALT, usedforsecurity=False)
        self._complete = False
        self.size = 0

    def write(self, chunk: bytes) -> None:
        """Take the next encrypted bytes."""
        self._file.write(chunk)
        self._digest.update(chunk)
        self.size += len(chunk)

    def finish(self) -> str:
        """Keep the blob and return its signature in hex."""
        self._complete = True
        return (_TYPE_BYTE + self._digest.digest()).hex()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        if not self._complete:
            self._path.unlink()


class Mmcs:
    """Upload slots, stored blobs and short-lived download tickets. `folder` is created."""

    def __init__(self, folder: Path, *, clock: Callable[[], float]) -> None:
        self._folder = folder
        self._clock = clock
        self._slots: dict[str, Slot] = {}
        self._tickets: dict[str, tuple[StoredObject, float]] = {}
        self._objects: dict[str, StoredObject] = {}
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.glob("*.json"):
            stored = StoredObject(**json.loads(path.read_text("utf-8")))
            self._objects[stored.owner] = stored

    def open_slot(self, size: int, *, base_url: str, seconds: float = float("inf")) -> tuple[str, Slot]:
        """Reserve room for `size` bytes; returns the upload token and the slot."""
        token = secrets.token_urlsafe(24)
        slot = self.new_slot(size, base_url=base_url, seconds=seconds)
        self._slots[token] = slot
        return token, slot

    def new_slot(self, size: int, *, base_url: str, seconds: float = float("inf")) -> Slot:
        """Name a new blob without a token: for what the gateway itself stores."""
        owner = _new_owner()
        return Slot(owner, f"{base_url}/mmcs/object/{owner}", size, self._clock() + seconds)

    def take_slot(self, token: str) -> Slot | None:
        """Use up a slot; None when there is none, it was used or it is too late."""
        slot = self._slots.pop(token, None)
        return slot if slot is not None and self._clock() < slot.expires else None

    def upload(self, slot: Slot) -> Upload:
        """Start writing into a slot that was taken."""
        return Upload(self._blob(slot.owner))

    def keep(self, slot: Slot, signature: str, *, key: str | None = None) -> StoredObject:
        """Make a finished upload findable, also after a restart."""
        stored = StoredObject(slot.owner, slot.url, slot.size, signature, key)
        self._objects[stored.owner] = stored
        (self._folder / f"{stored.owner}.json").write_text(json.dumps(asdict(stored)), "utf-8")
        return stored

    def put(self, encrypted: bytes, *, base_url: str, key: str | None = None) -> StoredObject:
        """Store bytes the gateway itself encrypted, as a phone does."""
        slot = self.new_slot(len(encrypted), base_url=base_url)
        with self.upload(slot) as upload:
            upload.write(encrypted)
            return self.keep(slot, upload.finish(), key=key)

    def find(self, *, owner: str, url: str) -> StoredObject | None:
        """Look a blob up by the two texts that name it."""
        stored = self._objects.get(owner)
        return stored if stored is not None and stored.url == url else None

    def blob(self, stored: StoredObject) -> Path:
        """Return the file with the encrypted bytes."""
        return self._blob(stored.owner)

    def issue_ticket(self, stored: StoredObject, *, seconds: float) -> str:
        """Permit downloads of one blob for a while; returns the token of the download URL."""
        token = secrets.token_urlsafe(24)
        self._tickets[token] = (stored, self._clock() + seconds)
        return token

    def redeem(self, token: str) -> StoredObject | None:
        """Return the blob of a download token; None when it is unknown or expired."""
        stored, expires = self._tickets.get(token, (None, 0.0))
        return stored if self._clock() < expires else None

    def clear(self) -> None:
        """Forget and delete everything."""
        self._slots.clear()
        self._tickets.clear()
        for owner in self._objects:
            for path in (self._blob(owner), self._folder / f"{owner}.json"):
                with contextlib.suppress(FileNotFoundError):
                    path.unlink()
        self._objects.clear()

    def _blob(self, owner: str) -> Path:
        return self._folder / owner


def _new_owner() -> str:
    return f"M{secrets.token_hex(32).upper()}.C01USN00"
