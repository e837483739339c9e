"""The gateway's calls about content: where to download, where to upload, what a reference holds (protocol/08, 09)."""

from __future__ import annotations

import base64
import json
import time
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import urllib3

from parley.answers import InTimePool, InTimeTlsPool, read_bounded
from parley.apple import limits
from parley.apple.gateway import GatewayAnswer, Verdict, retry_after_of, verdict_of

if TYPE_CHECKING:
    from parley.apple.parts import Description

MAX_DECODED_BYTES: Final = 8 * 1024 * 1024
"""own: interactive data holds at most 5 MB of pictures (protocol/14), and its texts."""

MAX_INFLATED_BYTES: Final = 16 * 1024 * 1024
"""own: what a reference's bytes may inflate to here."""

GZIP: Final = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class DownloadUrl:
    """Where the bytes are, for seconds; None with the answer that says why not."""

    url: str | None = field(repr=False)
    answer: GatewayAnswer


@dataclass(frozen=True, slots=True)
class UploadSlot:
    """Where to POST the bytes once, and how a message names them afterwards (protocol/08 §4)."""

    upload_url: str = field(repr=False)
    url: str = field(repr=False)
    owner: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class UploadUrl:
    """A slot, or None with the answer that says why not."""

    slot: UploadSlot | None
    answer: GatewayAnswer


@dataclass(frozen=True, slots=True)
class Decoded:
    """The interactive data of a reference, or None with the answer that says why not."""

    content: dict[str, Any] | None = field(repr=False)
    answer: GatewayAnswer


class ContentGateway:
    """Calls `<base url>/preDownload` and its neighbours. Never raises for what the network or Apple does."""

    def __init__(self, base_url: str, *, timeout: float = limits.GATEWAY_TIMEOUT_SECONDS) -> None:
        self._base_url = base_url.rstrip("/")
        self._timeout = timeout
        self._pool = urllib3.PoolManager(
            num_pools=2, maxsize=16, retries=False, timeout=urllib3.Timeout(connect=3.0, read=timeout)
        )
        self._pool.pool_classes_by_scheme = {"http": InTimePool, "https": InTimeTlsPool}

    def pre_download(self, part: Description, *, business_id: str, token: str) -> DownloadUrl:
        """Ask for a URL to download `part` from, which must not be missing anything (protocol/08 §3)."""
        headers = {
            "source-id": business_id,
            "MMCS-Url": part.url or "",
            "MMCS-Signature": base64.b64encode(part.signature or b"").decode(),
            "MMCS-Owner": part.owner or "",
        }
        answer, text = self._call("GET", "preDownload", token, headers)
        url = _object(text).get("download-url") if answer.verdict is Verdict.ACCEPTED else None
        return DownloadUrl(url, answer) if isinstance(url, str) else DownloadUrl(None, _unusable(answer))

    def pre_upload(self, size: int, *, business_id: str, token: str) -> UploadUrl:
        """Ask for a URL to upload `size` encrypted bytes to (protocol/08 §4)."""
        headers = {"Source-Id": business_id, "MMCS-Size": str(size)}
        answer, text = self._call("GET", "preUpload", token, headers)
        told = _object(text) if answer.verdict is Verdict.ACCEPTED else {}
        words = [told.get(name) for name in ("upload-url", "mmcs-url", "mmcs-owner")]
        if not all(isinstance(word, str) and word for word in words):
            return UploadUrl(None, _unusable(answer))
        return UploadUrl(UploadSlot(*map(str, words)), answer)

    def decode_payload(self, payload: bytes, *, bid: str, business_id: str, token: str) -> Decoded:
        """Have Apple turn the decrypted bytes of a reference into JSON (protocol/09 §1).

        The bytes go as they are; when Apple refuses them and they are gzip, once more inflated.
        """
        decoded = self._decode(payload, bid, business_id, token)
        if decoded.answer.verdict is Verdict.REFUSED and payload.startswith(GZIP):
            inflated = inflate(payload)
            if inflated is not None:
                return self._decode(inflated, bid, business_id, token)
        return decoded

    def _decode(self, payload: bytes, bid: str, business_id: str, token: str) -> Decoded:
        headers = {
            "source-id": business_id,
            "bid": bid,
            "accept": "*/*",
            "accept-encoding": "gzip, deflate",
            "Content-Type": "application/octet-stream",
        }
        answer, text = self._call("POST", "decodePayload", token, headers, payload, max_bytes=MAX_DECODED_BYTES)
        if answer.verdict is not Verdict.ACCEPTED:
            return Decoded(None, answer)
        if len(text) > MAX_DECODED_BYTES:
            return Decoded(None, GatewayAnswer(Verdict.REFUSED, answer.status, "the content is too large", answer.ms))
        told = _object(text)
        wrapped = told.get("interactiveData")
        content = wrapped if isinstance(wrapped, dict) else told
        return Decoded(content, answer) if content else Decoded(None, _unusable(answer))

    def _call(
        self,
        method: str,
        door: str,
        token: str,
        headers: dict[str, str],
        body: bytes | None = None,
        *,
        max_bytes: int = limits.MAX_GATEWAY_ANSWER_BYTES,
    ) -> tuple[GatewayAnswer, bytes]:
        if not all(value.isascii() and value.isprintable() for value in headers.values()):
            return GatewayAnswer(Verdict.REFUSED, 0, "the description cannot be sent"), b""
        started = time.monotonic()
        try:
            answer = self._pool.request(
                method,
                f"{self._base_url}/{door}",
                body=body,
                headers={"Authorization": f"Bearer {token}", "User-Agent": "parley", **headers},
                redirect=False,
                preload_content=False,
            )
        except urllib3.exceptions.HTTPError as fault:
            # None of these calls changes anything for a customer, so nothing is uncertain about it.
            return GatewayAnswer(Verdict.NOT_NOW, 0, type(fault).__name__, _since(started)), b""
        text = read_bounded(answer, max_bytes=max_bytes + 1, seconds=self._timeout)
        verdict = verdict_of(answer.status)
        # What Apple says here may name the object and its owner, so it is not repeated.
        words = "" if verdict is Verdict.ACCEPTED else f"{door} answers {answer.status}"
        verdict = Verdict.NOT_NOW if verdict is Verdict.UNCERTAIN else verdict
        wait = retry_after_of(answer.headers.get("Retry-After"))
        return GatewayAnswer(verdict, answer.status, words, _since(started), wait), text


def inflate(payload: bytes) -> bytes | None:
    """A whole gzip stream, or None when it is broken or larger than 16 MiB."""
    inflater = zlib.decompressobj(wbits=31)
    try:
        data = inflater.decompress(payload, MAX_INFLATED_BYTES + 1)
    except zlib.error:
        return None
    return data if inflater.eof and len(data) <= MAX_INFLATED_BYTES else None


def _object(text: bytes) -> dict[str, Any]:
    """A JSON object, or an empty one."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _unusable(answer: GatewayAnswer) -> GatewayAnswer:
    """A good status around nothing usable may be a bad moment; a bad one stays what it is."""
    if answer.verdict is not Verdict.ACCEPTED:
        return answer
    return GatewayAnswer(Verdict.NOT_NOW, answer.status, "the answer cannot be used", answer.ms)


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
