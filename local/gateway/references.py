"""References: interactive data that is too large to travel inline, and links Apple builds (protocol/09, 13 §1)."""

from __future__ import annotations

import base64
import hmac
from typing import TYPE_CHECKING, Any

from local.gateway import attachment_cipher, payload_codec
from local.gateway.kinds import dictionary
from local.gateway.refusal import malformed
from local.web.strict_json import compact

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.gateway.mmcs import Mmcs, StoredObject

INLINE_BYTES = 10 * 1024
"""Interactive JSON above this size travels by reference (protocol/09 §1)."""


def is_large(interactive_data: dict[str, Any]) -> bool:
    """Tell whether interactive data is larger than 10 KB."""
    return len(compact(interactive_data)) > INLINE_BYTES


class References:
    """Turns interactive data and links into references and back."""

    def __init__(self, store: Mmcs, *, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._given: dict[str, float] = {}
        """When a `dataRef` was given out, by the owner of its blob."""

    def for_msp(self, interactive_data: dict[str, Any], *, base_url: str) -> dict[str, Any]:
        """Make the `interactiveDataRef` a large reply arrives with: it carries the key."""
        stored = self._keep(interactive_data, base_url)
        reply = (interactive_data.get("data") or {}).get("replyMessage") or interactive_data.get("replyMessage") or {}
        reference = {**_describe(interactive_data, stored), "key": stored.key, "signature": stored.signature}
        return reference | ({"title": reply["title"]} if "title" in reply else {})

    def reusable(self, interactive_data: dict[str, Any], *, base_url: str) -> dict[str, Any]:
        """Make the `dataRef` the gateway answers a send with: no key, which stays here (protocol/09 §3)."""
        stored = self._keep(interactive_data, base_url)
        self._given[stored.owner] = self._clock()
        return {
            **_describe(interactive_data, stored),
            "signature": stored.signature.upper(),
            "title": dictionary(interactive_data.get("receivedMessage")).get("title", ""),
            "dataRefSig": _seal(stored),
        }

    def resolve(self, reference: dict[str, Any], *, seconds: float | None = None) -> dict[str, Any]:
        """Return the interactive data behind a reference of the MSP. Raises RefusalError (400).

        Either the gateway made the reference, no more than `seconds` ago, and holds its key; or the MSP
        uploaded the blob and says the key.
        """
        stored = self._find("interactiveDataRef", reference)
        given = self._given.get(stored.owner)
        if given is not None and seconds is not None and self._clock() >= given + seconds:
            raise malformed("interactiveDataRef has expired; send interactiveData")
        if stored.key is not None and not hmac.compare_digest(str(reference.get("dataRefSig")), _seal(stored)):
            raise malformed("interactiveDataRef.dataRefSig was changed; send the dataRef back as it was given")
        key = stored.key or reference.get("key")
        if key is None:
            raise malformed("interactiveDataRef.key is missing")
        try:
            interactive = payload_codec.decode(attachment_cipher.apply(key, self._store.blob(stored).read_bytes()))
        except ValueError as error:
            raise malformed(f"interactiveDataRef cannot be decoded: {error}") from error
        if interactive.get("bid") != reference["bid"]:
            raise malformed("interactiveDataRef.bid differs from the stored data's bid")
        return interactive

    def for_link(self, link: dict[str, Any], *, base_url: str) -> dict[str, Any]:
        """Make the `richLinkDataRef` constructPayload answers with. `link` has at least url and title."""
        stored = self._keep(link, base_url)
        return {
            "title": link["title"],
            "url": stored.url,
            "owner": stored.owner,
            "key": stored.key,
            "size": stored.size,
            "signature-base64": stored.signature_base64,
        }

    def resolve_link(self, reference: dict[str, Any]) -> dict[str, Any] | None:
        """Return the link behind a reference of the MSP; None when it uploaded the object itself.

        What such an upload must hold is not known. Raises RefusalError (400).
        """
        stored = self._find("richLinkDataRef", reference)
        if stored.key is None:
            return None
        if not hmac.compare_digest(stored.key, reference["key"]):
            raise malformed("richLinkDataRef.key was changed; send the reference back as it was given")
        link = payload_codec.decode(attachment_cipher.apply(stored.key, self._store.blob(stored).read_bytes()))
        if "title" not in link:
            raise malformed("richLinkDataRef names no link; constructPayload gives one")
        if reference.get("title", link["title"]) != link["title"]:
            raise malformed("richLinkDataRef.title was changed; send the reference back as it was given")
        return link

    def _find(self, name: str, reference: dict[str, Any]) -> StoredObject:
        """Look up what a reference names. Raises RefusalError (400)."""
        stored = self._store.find(owner=reference["owner"], url=reference["url"])
        if stored is None:
            raise malformed(f"{name} names nothing that is stored here")
        if stored.signature_base64 != reference["signature-base64"]:
            raise malformed(f"{name}.signature-base64 is not the signature of the stored data")
        if reference["size"] != stored.size:
            raise malformed(f"{name}.size is not the size of the stored data")
        return stored

    def _keep(self, content: dict[str, Any], base_url: str) -> StoredObject:
        key = attachment_cipher.new_key_field()
        encrypted = attachment_cipher.apply(key, payload_codec.encode(content))
        return self._store.put(encrypted, base_url=base_url, key=key)


def _describe(interactive_data: dict[str, Any], stored: StoredObject) -> dict[str, Any]:
    return {
        "bid": interactive_data.get("bid", ""),
        "url": stored.url,
        "owner": stored.owner,
        "size": stored.size,
        "signature-base64": stored.signature_base64,
    }


def _seal(stored: StoredObject) -> str:
    """Return the opaque `dataRefSig`: only the holder of the blob's key can make it."""
    return base64.b64encode(hmac.digest(str(stored.key).encode(), stored.owner.encode(), "sha256")).decode()
