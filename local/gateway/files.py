"""Files a customer is about to send: encrypted while they arrive, so that none is ever held in memory whole."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from local.gateway import attachment_cipher
from local.gateway.mmcs import MAX_BYTES
from local.web.bodies import BodyTooLargeError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from local.gateway.mmcs import Mmcs, StoredObject


@dataclass(frozen=True)
class PhoneFile:
    """A file in the store that no message names yet. `sha256` is of the content in clear, in hex."""

    id: str
    name: str
    mime_type: str
    stored: StoredObject
    key: str = field(repr=False)
    sha256: str

    def as_json(self) -> dict[str, Any]:
        """Describe the file for the control API."""
        return {
            "file": self.id,
            "name": self.name,
            "mime_type": self.mime_type,
            "size": self.stored.size,
            "sha256": self.sha256,
        }


class PhoneFiles:
    """The files on all phones. A file may be sent in several messages."""

    def __init__(self, store: Mmcs) -> None:
        self._store = store
        self._files: dict[str, PhoneFile] = {}

    async def take(self, chunks: AsyncIterator[bytes], *, name: str, mime_type: str, base_url: str) -> PhoneFile:
        """Encrypt and store what arrives. Raises BodyTooLargeError above what an attachment may have."""
        key = attachment_cipher.new_key_field()
        cipher = attachment_cipher.cipher(key)
        digest = hashlib.sha256()
        slot = self._store.new_slot(0, base_url=base_url)
        with self._store.upload(slot) as upload:
            async for chunk in chunks:
                digest.update(chunk)
                upload.write(cipher.update(chunk))
                if upload.size > MAX_BYTES:
                    raise BodyTooLargeError(f"an attachment has at most {MAX_BYTES} bytes")
            stored = self._store.keep(replace(slot, size=upload.size), upload.finish())
        file = PhoneFile(secrets.token_hex(8), name, mime_type, stored, key, digest.hexdigest())
        self._files[file.id] = file
        return file

    def get(self, file_id: str) -> PhoneFile | None:
        """Return a file that was taken."""
        return self._files.get(file_id)

    def clear(self) -> None:
        """Forget all; the store deletes the bytes."""
        self._files.clear()
