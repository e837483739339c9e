"""Notes in `uploads`: a business's file has come to the bucket. EventBridge writes them, and the sweeper."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Final

PREFIX: Final = "uploads"
CLEAN: Final = "NO_THREATS_FOUND"


@dataclass(frozen=True, slots=True)
class Arrival:
    """Whose file it is. `verdict` is what the malware scanner said, where there is one."""

    business_id: str
    attachment_id: str
    verdict: str | None = None


def upload_key(business_id: str, attachment_id: str) -> str:
    """Where a business puts its file."""
    return f"{PREFIX}/{business_id}/{attachment_id}"


def write(arrival: Arrival) -> str:
    """A note as the sweeper writes it."""
    return json.dumps({name: value for name, value in asdict(arrival).items() if value is not None})


def read(text: str) -> Arrival | None:
    """A note of the sweeper's, S3's `Object Created`, or GuardDuty's scan result; None when it is about another object.

    Raises ValueError, KeyError or TypeError when it is none of these.
    """
    note: dict[str, Any] = json.loads(text)
    if "detail" not in note:
        return Arrival(**note)
    detail = note["detail"]
    if note.get("source") == "aws.guardduty":
        return _arrival(detail["s3ObjectDetails"]["objectKey"], detail["scanResultDetails"]["scanResultStatus"])
    return _arrival(detail["object"]["key"], None)


def _arrival(key: str, verdict: str | None) -> Arrival | None:
    if key.count("/") != 2:
        return None
    prefix, business_id, attachment_id = key.split("/")
    if prefix != PREFIX or not business_id or not attachment_id:
        return None
    return Arrival(business_id, attachment_id, verdict)
