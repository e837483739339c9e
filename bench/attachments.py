"""A file of 100 MB through the attachments functions: how fast the cipher is, how much memory, how much waiting.

The cipher is compared with OpenSSL's AES-256-CTR over one small buffer again and again, as `openssl speed` does it.
Each of its pieces is put together right before, as the connection's reader does it, and only the cipher is timed; the
same over pieces that lie in no cache says what memory allows.
The functions are the built ones under AWS's runtime client. Both lines, to and from Apple's store and S3, are throttled
to the same speed, so that what does not overlap shows; each line's own time is measured alone, in the same run.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import psutil
import urllib3

from bench import BenchError, say, world
from bench.figure import Figure
from bench.instance import Instance
from parley.apple.limits import MAX_ATTACHMENT_BYTES
from parley.conversation import arrivals, events
from parley.conversation.arrivals import Arrival
from parley.conversation.attachments import Attachment, PartState
from parley.conversation.events import Transfer
from parley.conversation.records import Direction, Message, State
from parley.storage import keys
from parley.storage.attributes import encode_item
from parley.storage.objects import PART_BYTES, PARTS_IN_FLIGHT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bench.artefacts import Artefacts
    from parley.storage.attributes import Item

NAME: Final = "attachments"
MIB: Final = 1024 * 1024
RATE: Final = 25.0 * MIB
"""Bytes a second of each line: slow enough that the processor is not what is measured."""

SLICE: Final = 16 * MIB
SLICES: Final = 60
"""The cipher is timed in short slices, of which the best counts: others are at work on most machines."""

ROUNDS: Final = 3
_INVOKE_SECONDS = 120.0
_READY = b'"result":"ready"'

_CIPHER: Final = """
import hashlib, json, os, sys, time
from cryptography.hazmat.primitives.ciphers import Cipher as Mode, algorithms, modes
from parley.apple.mmcs import Cipher, Signature, key_bytes, new_key
from parley.apple.store import PIECE_BYTES

size, rounds = int(sys.argv[1]), int(sys.argv[2])
key = key_bytes(new_key())
plain = os.urandom(size)
pieces = [plain[at : at + PIECE_BYTES] for at in range(0, size, PIECE_BYTES)]

def raw():
    context = Mode(algorithms.AES256(key), modes.CTR(bytes(16))).encryptor()
    small, out = plain[:16384], bytearray(16399)
    started = time.perf_counter()
    for _ in range(size // 16384):
        context.update_into(small, out)
    return time.perf_counter() - started

def timed(work, whole):
    spent = 0.0
    for at in range(0, size, PIECE_BYTES):
        piece = b"".join((whole[at : at + PIECE_BYTES // 2], whole[at + PIECE_BYTES // 2 : at + PIECE_BYTES]))
        started = time.perf_counter()
        work(piece)
        spent += time.perf_counter() - started
    return spent

def cold():
    cipher = Cipher(key)
    started = time.perf_counter()
    for piece in pieces:
        cipher.update(piece)
    return time.perf_counter() - started

def check():
    cipher, signature, digest = Cipher(key), Signature(), hashlib.sha256()
    def work(piece):
        signature.update(piece)
        digest.update(cipher.update(piece))
    return work

encrypted = Cipher(key).update(plain)
assert Cipher(key).update(encrypted) == plain
runs = {
    "raw": raw,
    "encrypt": lambda: timed(Cipher(key).update, plain),
    "decrypt": lambda: timed(Cipher(key).update, encrypted),
    "checked": lambda: timed(check(), encrypted),
    "cold": cold,
}
best = dict.fromkeys(runs, 0.0)
for _ in range(rounds):
    for name, run in runs.items():
        best[name] = max(best[name], size / run() / 1e6)
print(json.dumps(best))
"""


def figures(made: Artefacts) -> Iterator[Figure]:
    """The cipher, then the whole way in both directions."""
    say(f"{NAME}: encrypting and decrypting {SLICES} times {SLICE // MIB} MiB …")
    cipher = _cipher(made)
    yield Figure(NAME, "encrypt_mb_s", cipher["encrypt"], "MB/s", cipher["raw"])
    yield Figure(NAME, "decrypt_mb_s", cipher["decrypt"], "MB/s", cipher["raw"])
    yield Figure(NAME, "encrypt_cold_mb_s", cipher["cold"], "MB/s", cipher["raw"])
    yield Figure(NAME, "decrypt_and_check_mb_s", cipher["checked"], "MB/s")  # with SHA-1 and SHA-256, in one thread
    with _servers(MAX_ATTACHMENT_BYTES) as servers:
        servers.order(down=RATE, up=RATE)
        slowest = max(min(line() for _ in range(ROUNDS)) for line in (servers.alone_down, servers.alone_up))
        fetched = _passed(made, servers, "app.handler", servers.customers_file)
        sent = _passed(made, servers, "uploads.handler", servers.businesses_file)
    yield Figure(NAME, "worker_peak_mb", max(fetched.peak, sent.peak) / MIB, "MiB")
    yield Figure(NAME, "transfer_ratio", max(fetched.both, sent.both) / slowest, "times the slowest line alone")
    for name, passed in (("fetch", fetched), ("upload", sent)):
        yield Figure(NAME, f"{name}_peak_mb", passed.peak / MIB, "MiB")
        yield Figure(NAME, f"{name}_s", passed.both, "s", slowest)
        yield Figure(NAME, f"{name}_unthrottled_mb_s", MAX_ATTACHMENT_BYTES / passed.first / 1e6, "MB/s")


@dataclass(frozen=True, slots=True)
class _Passed:
    """Seconds with no line throttled and with both, and the most memory there ever was, also with a slow outlet."""

    first: float
    both: float
    peak: int


def _passed(made: Artefacts, servers: _Servers, handler: str, new_file: Callable[[], _Order]) -> _Passed:
    environment = world.environment(servers.url, _ENVIRONMENT)
    folder = made.function("AttachmentsFunction")
    with Instance(made, folder, handler, environment, seconds=_INVOKE_SECONDS) as instance:
        say(f"{NAME}: 100 MB through {handler} as fast as it goes …")
        first = servers.handed_to(instance, new_file(), down=0, up=0)
        say(f"{NAME}: 100 MB through {handler} over lines of {RATE / MIB:.0f} MiB/s …")
        both = min(servers.handed_to(instance, new_file(), down=RATE, up=RATE) for _ in range(ROUNDS))
        say(f"{NAME}: 100 MB through {handler} to where it goes slowly …")
        servers.handed_to(instance, new_file(), down=0, up=RATE)
        return _Passed(first, both, instance.peak_bytes())


_ENVIRONMENT: Final = {
    "APPLE_GATEWAY_URL": "{stub}/v1",
    "APPLE_SECRET_ID": world.APPLE_SECRET_ID,
    "ATTACHMENTS_KEY_ARN": "arn:aws:kms:us-east-1:123456789012:key/key",
    "BUCKET_NAME": "parley-attachments",
    "EVENTS_QUEUE_URL": f"{world.QUEUES}events.fifo",
    "TRANSFERS_QUEUE_URL": f"{world.QUEUES}transfers",
    "UPLOADS_QUEUE_URL": f"{world.QUEUES}uploads",
    "ALLOW_LOOPBACK": "true",
    "STAGE": "local",
    "AWS_LAMBDA_FUNCTION_TIMEOUT": "900",
}


def _cipher(made: Artefacts) -> dict[str, float]:
    """MB/s, the best of many slices in which all take turns."""
    folder = made.function("AttachmentsFunction")
    environment = made.environment()
    environment["PYTHONPATH"] += f":{folder}"
    done = subprocess.run(
        [*made.python, "-c", _CIPHER, str(SLICE), str(SLICES)],
        env=environment,
        cwd=made.root,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BenchError(f"cannot time the cipher:\n{done.stderr}")
    timed: dict[str, float] = json.loads(done.stdout)
    return timed


@dataclass(frozen=True, slots=True)
class _Order:
    """What lies in the table, and the note about it."""

    item: dict[str, Any]
    note: str


@dataclass
class _Servers:
    """The other sides, in a process of their own."""

    url: str
    file: dict[str, Any]
    http: urllib3.PoolManager

    def customers_file(self) -> _Order:
        """A message from a customer that carries the file."""
        message = Message(
            id=str(uuid.uuid4()),
            business_id=world.BUSINESS,
            conversation_id=world.CONVERSATION,
            direction=Direction.INBOUND,
            type="text",
            state=State.RECEIVED,
            received_at=time.time(),
            ulid="01JDBENCH00000000000000000",
            payload=json.dumps({"type": "text", "attachments": [self.file]}),
        )
        item = keys.message(message.business_id, message.id) | _encoded(message)
        return _Order(item, events.write(Transfer(message.business_id, message.conversation_id, message.id)))

    def businesses_file(self) -> _Order:
        """A business's file of the same size, which has come to the bucket."""
        attachment = Attachment(
            id=str(uuid.uuid4()),
            business_id=world.BUSINESS,
            direction=Direction.OUTBOUND,
            state=PartState.AWAITING_UPLOAD,
            created_at=time.time(),
            size=self.file["size"],
        )
        item = keys.attachment(attachment.business_id, attachment.id) | _encoded(attachment)
        return _Order(item, arrivals.write(Arrival(attachment.business_id, attachment.id)))

    def order(self, *, down: float, up: float, items: Sequence[dict[str, Any]] = ()) -> None:
        """Throttle the lines, and lay something into the table."""
        orders = {"down": down, "up": up, "items": items, "secret": world.APPLE_SECRET}
        self.http.request("POST", f"{self.url}/bench", body=json.dumps(orders).encode())

    def handed_to(self, instance: Instance, order: _Order, *, down: float, up: float) -> float:
        """Seconds in which the function has done what the note says. Raises BenchError when it has not."""
        self.order(down=down, up=up, items=[order.item])
        record = {
            "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
            "receiptHandle": "handle",
            "body": order.note,
            "attributes": {"ApproximateReceiveCount": "1"},
            "eventSource": "aws:sqs",
        }
        before = instance.says(_READY)
        elapsed, answer = instance.invoke(json.dumps({"Records": [record]}).encode())
        if answer != {"batchItemFailures": []} or instance.says(_READY) != before + 1:
            raise instance.failure(f"the file did not pass: {answer}")
        return elapsed / 1000

    def alone_down(self) -> float:
        """Seconds the line from Apple's store takes by itself."""
        started = time.monotonic()
        answer = self.http.request("GET", f"{self.url}/store", preload_content=False)
        while answer.read(MIB):
            pass
        return time.monotonic() - started

    def alone_up(self) -> float:
        """Seconds the line to S3 takes by itself, with as many parts at a time as the function sends."""
        body = bytes(PART_BYTES)
        sizes = [min(PART_BYTES, MAX_ATTACHMENT_BYTES - at) for at in range(0, MAX_ATTACHMENT_BYTES, PART_BYTES)]
        started = time.monotonic()
        with ThreadPoolExecutor(max_workers=PARTS_IN_FLIGHT) as threads:
            list(threads.map(lambda size: self.http.request("PUT", f"{self.url}/alone", body=body[:size]), sizes))
        return time.monotonic() - started


def _encoded(record: Message | Attachment) -> Item:
    present = {name: value for name, value in asdict(record).items() if value is not None and value != set()}
    return encode_item(present | {"expires_at": int(time.time()) + 86_400})


@contextmanager
def _servers(size: int) -> Iterator[_Servers]:
    command = [sys.executable, "-m", "bench.content_servers", str(size)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None  # noqa: S101  (asked for above)
        facts = json.loads(process.stdout.readline())
        url = f"http://127.0.0.1:{facts['port']}"
        try:
            yield _Servers(url, facts["file"], urllib3.PoolManager(maxsize=8, timeout=60, retries=False))
        finally:
            psutil.Process(process.pid).kill()
