"""SQS as its botocore client shows it to a function."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NoReturn

from tests.chaos.dynamo import failure
from tests.chaos.loop import Unsupported

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.chaos.calls import Answer, Calls
    from tests.chaos.queues import Note, Queue

SERVICE: Final = "sqs"
MAX_BATCH: Final = 10
MAX_BYTES: Final = 1024 * 1024
MAX_DELAY_SECONDS: Final = 900
MAX_VISIBILITY_SECONDS: Final = 43_200

_TOKEN: Final = re.compile(r"[!-~]{1,128}")
_FORBIDDEN: Final = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SENT: Final = {"MessageBody", "MessageGroupId", "MessageDeduplicationId", "DelaySeconds"}
_CHANGED: Final = {"ReceiptHandle", "VisibilityTimeout"}


class FakeSqs:
    """Queues by URL behind the client's methods. Anything else it is asked for ends the run."""

    def __init__(self, queues: Mapping[str, Queue], calls: Calls) -> None:
        self._queues = queues
        self._calls = calls

    def __getattr__(self, name: str) -> NoReturn:
        raise Unsupported(f"FakeSqs has no {name}")

    def send_message(self, *, QueueUrl: str, **asked: Any) -> Answer:  # noqa: N803  (botocore's name)
        _known("SendMessage", asked, _SENT)
        queue = self._queue("SendMessage", QueueUrl)
        about = f"{queue.name} {asked.get('MessageGroupId', '')} {asked['MessageBody'][:300]}"
        return self._calls.aws(SERVICE, "SendMessage", lambda: _send(queue, asked), about=about)

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> Answer:  # noqa: N803
        operation = "SendMessageBatch"
        queue = self._queue(operation, QueueUrl)
        for entry in Entries:
            _known(operation, entry, _SENT | {"Id"})
        about = f"{queue.name} {' '.join(entry.get('MessageGroupId', '') for entry in Entries)}"

        def effect() -> Answer:
            _batch(operation, Entries)
            cut = self._calls.cut(len(Entries))  # AWS may take some and refuse others
            taken = [{"Id": entry["Id"], **_send(queue, entry)} for entry in Entries[:cut]]
            failed = [{"Id": entry["Id"], "Code": "InternalError", "SenderFault": False} for entry in Entries[cut:]]
            return {"Successful": taken} | ({"Failed": failed} if failed else {})

        return self._calls.aws(SERVICE, operation, effect, about=about)

    def change_message_visibility(self, *, QueueUrl: str, **asked: Any) -> Answer:  # noqa: N803
        operation = "ChangeMessageVisibility"
        _known(operation, asked, _CHANGED)
        queue = self._queue(operation, QueueUrl)

        def effect() -> Answer:
            if not queue.change(asked["ReceiptHandle"], _seconds(operation, asked)):
                raise failure(operation, "ReceiptHandleIsInvalid", "not in flight under this handle")
            return {}

        about = f"{_group(queue, asked)} {asked['VisibilityTimeout']} s"
        return self._calls.aws(SERVICE, operation, effect, about=about)

    def change_message_visibility_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> Answer:  # noqa: N803
        operation = "ChangeMessageVisibilityBatch"
        queue = self._queue(operation, QueueUrl)
        for entry in Entries:
            _known(operation, entry, _CHANGED | {"Id"})

        def effect() -> Answer:
            _batch(operation, Entries)
            done = [queue.change(entry["ReceiptHandle"], _seconds(operation, entry)) for entry in Entries]
            sides: dict[str, list[dict[str, Any]]] = {"Successful": [], "Failed": []}
            for entry, changed in zip(Entries, done, strict=True):
                more = {} if changed else {"Code": "ReceiptHandleIsInvalid", "SenderFault": True}
                sides["Successful" if changed else "Failed"].append({"Id": entry["Id"], **more})
            return sides

        about = " ".join(_group(queue, entry) for entry in Entries)
        return self._calls.aws(SERVICE, operation, effect, about=about)

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> Answer:  # noqa: N803
        queue = self._queue("DeleteMessage", QueueUrl)
        about = _group(queue, {"ReceiptHandle": ReceiptHandle})

        def effect() -> Answer:
            note = queue.handles.get(ReceiptHandle)
            if note is not None and note.visible_at > queue.now():
                queue.delete(note)
            elif queue.fifo:
                raise failure("DeleteMessage", "InvalidParameterValue", "The receipt handle has expired")
            return {}

        return self._calls.aws(SERVICE, "DeleteMessage", effect, about=about)

    def receive_message(self, *, QueueUrl: str, MaxNumberOfMessages: int, **_: Any) -> Answer:  # noqa: N803
        """For those who look from outside: functions are handed their batches."""
        self._outside()
        queue = self._queue("ReceiveMessage", QueueUrl)
        found = [record(queue, note) for note in queue.receive(MaxNumberOfMessages)]
        return {
            "Messages": [
                {
                    "MessageId": entry["messageId"],
                    "ReceiptHandle": entry["receiptHandle"],
                    "Body": entry["body"],
                    "Attributes": entry["attributes"],
                }
                for entry in found
            ]
        }

    def get_queue_attributes(self, *, QueueUrl: str, **_: Any) -> Answer:  # noqa: N803
        """For those who look from outside."""
        self._outside()
        queue = self._queue("GetQueueAttributes", QueueUrl)
        return {"Attributes": {"ApproximateNumberOfMessages": str(queue.size)}}

    def _outside(self) -> None:
        if self._calls.inside():
            raise Unsupported("functions neither receive nor count")

    def _queue(self, operation: str, url: str) -> Queue:
        if url not in self._queues:
            raise failure(operation, "AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.")
        return self._queues[url]


def record(queue: Queue, note: Note) -> dict[str, Any]:
    """A message in flight as Lambda hands it over."""
    attributes = {
        "ApproximateReceiveCount": str(note.receives),
        "SentTimestamp": str(int(note.sent_at * 1000)),
        "ApproximateFirstReceiveTimestamp": str(int(note.first_received * 1000)),
        "SenderId": "simulated",
    }
    if queue.fifo:
        attributes |= {
            "MessageGroupId": note.group,
            "MessageDeduplicationId": note.deduplication_id,
            "SequenceNumber": f"{note.number:020d}",
        }
    return {
        "messageId": f"{queue.name}-{note.number}",
        "receiptHandle": note.receipt,
        "body": note.body,
        "attributes": attributes,
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:us-east-1:000000000000:{queue.name}",
        "awsRegion": "us-east-1",
    }


def _send(queue: Queue, asked: dict[str, Any]) -> Answer:
    body = asked["MessageBody"]
    if not body or len(body.encode("utf-8", "replace")) > MAX_BYTES or _FORBIDDEN.search(body):
        raise _invalid("SendMessage", "MessageBody")
    delay = asked.get("DelaySeconds", 0)
    if not 0 <= delay <= MAX_DELAY_SECONDS or (queue.fifo and "DelaySeconds" in asked):
        raise _invalid("SendMessage", "DelaySeconds")
    group, mark = asked.get("MessageGroupId", ""), asked.get("MessageDeduplicationId", "")
    if queue.fifo and not (_TOKEN.fullmatch(group) and _TOKEN.fullmatch(mark)):
        raise _invalid("SendMessage", "MessageGroupId or MessageDeduplicationId")
    if not queue.fifo and mark:
        raise _invalid("SendMessage", "MessageDeduplicationId")
    number = queue.send(body, group=group if queue.fifo else "", deduplication_id=mark, delay=delay)
    return {"MessageId": f"{queue.name}-{number}"}


def _batch(operation: str, entries: list[dict[str, Any]]) -> None:
    if not 0 < len(entries) <= MAX_BATCH:
        raise failure(operation, "AWS.SimpleQueueService.TooManyEntriesInBatchRequest", "1 to 10 entries")
    if len({entry["Id"] for entry in entries}) < len(entries):
        raise failure(operation, "AWS.SimpleQueueService.BatchEntryIdsNotDistinct", "an Id is there twice")


def _known(operation: str, asked: dict[str, Any], known: set[str]) -> None:
    if set(asked) - known:
        raise Unsupported(f"{operation} with {sorted(set(asked) - known)}")


def _seconds(operation: str, asked: dict[str, Any]) -> float:
    seconds = asked["VisibilityTimeout"]
    if not isinstance(seconds, int) or not 0 <= seconds <= MAX_VISIBILITY_SECONDS:
        raise _invalid(operation, "VisibilityTimeout")
    return float(seconds)


def _invalid(operation: str, name: str) -> Exception:
    return failure(operation, "InvalidParameterValue", f"Value for parameter {name} is invalid.")


def _group(queue: Queue, asked: dict[str, Any]) -> str:
    note = queue.handles.get(asked["ReceiptHandle"])
    return f"{queue.name} {note.group if note else ''}"
