"""Apple's side of attachments in memory: what customers have put there, and what goes wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from parley.apple.content import Decoded, DownloadUrl
from parley.apple.gateway import GatewayAnswer, Verdict
from parley.apple.mmcs import Cipher, Signature, key_bytes, new_key
from parley.errors import Retryable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from parley.apple.content import UploadUrl
    from parley.apple.parts import Description
    from parley.apple.store import Download

OK = GatewayAnswer(Verdict.ACCEPTED, 200, "")


def answer(status: int, *, retry_after: float | None = None) -> GatewayAnswer:
    """A refusal of the gateway."""
    known = {403: Verdict.FORBIDDEN, 429: Verdict.NOT_NOW, 500: Verdict.NOT_NOW, 503: Verdict.NOT_NOW}
    return GatewayAnswer(known.get(status, Verdict.REFUSED), status, "", retry_after=retry_after)


@dataclass
class AppleStore:
    """Fits `ports.ContentGateway` and `ports.ContentStore`. The n-th call meets the n-th trouble, if there is one."""

    piece: int = 64
    ranges: bool = True
    """Whether a download can begin in the middle."""
    blobs: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Owner and token of every preDownload."""
    starts: list[int] = field(default_factory=list)
    refusals: list[GatewayAnswer | None] = field(default_factory=list)
    troubles: list[Callable[[bytes], Iterator[bytes]] | None] = field(default_factory=list)
    decoded: list[dict[str, Any] | GatewayAnswer] = field(default_factory=list)
    posted: list[tuple[bytes, str]] = field(default_factory=list)

    def put(self, plain: bytes, **changed: Any) -> dict[str, Any]:
        """A customer's file; returns what the message says of it."""
        key = new_key()
        encrypted = Cipher(key_bytes(key)).update(plain)
        signature = Signature()
        signature.update(encrypted)
        owner = f"M{len(self.blobs)}"
        self.blobs[owner] = encrypted
        return {
            "name": f"{owner}.bin",
            "mimeType": "image/png",
            "size": len(encrypted),
            "url": f"https://p42-content.icloud.com/{owner}",
            "owner": owner,
            "key": key,
            "signature": signature.value().hex().upper(),
        } | changed

    def pre_download(self, part: Description, *, business_id: str, token: str) -> DownloadUrl:
        self.asked.append((part.owner or "", token))
        refusal = self.refusals.pop(0) if self.refusals else None
        return DownloadUrl(None, refusal) if refusal else DownloadUrl(f"https://store/{part.owner}", OK)

    def download(self, url: str, *, size: int | None, start: int = 0) -> Download:
        owner = url.rpartition("/")[2]
        begins = start if self.ranges else 0
        self.starts.append(start)
        trouble = self.troubles.pop(0) if self.troubles else None
        return cast("Download", _Answer(self, owner, begins, trouble))

    def pre_upload(self, size: int, *, business_id: str, token: str) -> UploadUrl:
        raise NotImplementedError

    def upload(self, url: str, pieces: Iterable[bytes], *, size: int) -> str:
        raise NotImplementedError

    def decode_payload(self, payload: bytes, *, bid: str, business_id: str, token: str) -> Decoded:
        self.posted.append((payload, bid))
        found = self.decoded.pop(0) if len(self.decoded) > 1 else self.decoded[0]
        return Decoded(None, found) if isinstance(found, GatewayAnswer) else Decoded(found, OK)


class _Answer:
    """One download on its way."""

    def __init__(
        self, store: AppleStore, owner: str, start: int, trouble: Callable[[bytes], Iterator[bytes]] | None
    ) -> None:
        self._store = store
        self._owner = owner
        self._trouble = trouble
        self.start = start

    def __iter__(self) -> Iterator[bytes]:
        body = self._store.blobs[self._owner][self.start :]
        yield from self._trouble(body) if self._trouble else self._pieces(body)

    def close(self) -> None:
        """Nothing is held."""

    def _pieces(self, body: bytes) -> Iterator[bytes]:
        return (body[at : at + self._store.piece] for at in range(0, len(body), self._store.piece))


def expired(_: bytes) -> Iterator[bytes]:
    """The URL was good for seconds only."""
    raise Retryable("expired", code="store_expired")
    yield b""


def cut(body: bytes) -> Iterator[bytes]:
    """The line breaks half-way."""
    yield body[: len(body) // 2]
    raise Retryable("cut", code="store_cut")


def corrupted(body: bytes) -> Iterator[bytes]:
    """One byte is not what was sent."""
    yield bytes([body[0] ^ 1]) + body[1:]


def too_short(body: bytes) -> Iterator[bytes]:
    """The last byte is missing, and nobody says so."""
    yield body[:-1]


def too_long(body: bytes) -> Iterator[bytes]:
    """There is more than was promised."""
    yield body + b"x"


def slow(_: bytes) -> Iterator[bytes]:
    """It drips."""
    raise Retryable("slow", code="store_too_slow")
    yield b""
