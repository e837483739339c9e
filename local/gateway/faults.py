"""Faults a test asks for: wrong statuses, delays, cut connections, damaged transfers, short-lived URLs."""

from __future__ import annotations

from itertools import count
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

PATHS = ("/v1/", "/mmcs/")
URL_GIVERS = ("/v1/preUpload", "/v1/preDownload")


class FaultOrder(BaseModel):
    """What shall go wrong, where and how often."""

    model_config = ConfigDict(extra="forbid")

    path: str = "/v1/message"
    """Matches this path and everything below it."""
    opaque_id: str | None = None
    """Only calls whose destination-id is this customer."""
    status: Annotated[int, Field(ge=200, le=599)] | None = None
    """Answered instead of having the effect."""
    reason: str | None = None
    message: str | None = None
    retry_after: int | str | None = None
    delay_ms: Annotated[int, Field(ge=0, le=600_000)] = 0
    drop: Literal["before", "after"] | None = None
    """Cut the connection without an answer, before or after the call had its effect."""
    cut_after: Annotated[int, Field(ge=0)] | None = None
    """Cut the connection when this many bytes passed: of the answer to a GET, else of what the MSP sends."""
    corrupt_at: Annotated[int, Field(ge=0)] | None = None
    """Damage the byte at this place, counted from 0, of the same bytes."""
    bytes_per_second: Annotated[int, Field(ge=1)] | None = None
    """Let the same bytes drip."""
    url_seconds: Annotated[float, Field(ge=0)] | None = None
    """How long the URL works that preUpload or preDownload hands out."""
    times: Annotated[int, Field(ge=0)] = 1
    """How many calls it hits; 0 means all until it is deleted."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if not self.path.startswith(PATHS):
            raise ValueError(f"path must start with {' or '.join(PATHS)}; those are the calls of an MSP")
        if self.status is None and self.drop is None and not self.delay_ms and not self.does:
            raise ValueError(
                "give status, drop, delay_ms, cut_after, corrupt_at, bytes_per_second or url_seconds; "
                "otherwise nothing would go wrong"
            )
        if self.does and (self.status is not None or self.drop is not None):
            raise ValueError("cut_after, corrupt_at, bytes_per_second and url_seconds go with neither status nor drop")
        if self.url_seconds is not None and self.path.rstrip("/") not in URL_GIVERS:
            raise ValueError(f"url_seconds needs a path that hands out URLs: {' or '.join(URL_GIVERS)}")
        if self.status is not None and self.drop is not None:
            raise ValueError("give either status or drop; a cut connection carries no status")
        if self.status is None and (self.reason, self.message, self.retry_after) != (None, None, None):
            raise ValueError("reason, message and retry_after need status")
        lines = (self.reason, self.message, self.retry_after)
        if any(isinstance(line, str) and not (line.isascii() and line.isprintable()) for line in lines):
            raise ValueError("reason, message and retry_after must be printable ASCII, as in an HTTP answer")
        return self

    @property
    def tampers(self) -> bool:
        """Whether bytes of the call are cut, damaged or slowed down."""
        return (self.cut_after, self.corrupt_at, self.bytes_per_second) != (None, None, None)

    @property
    def does(self) -> str:
        """What it does to a transfer or to a URL, in words; empty for the other faults."""
        done = {
            "cut": self.cut_after,
            "corrupted": self.corrupt_at,
            "slowed down": self.bytes_per_second,
            "short-lived URL": self.url_seconds,
        }
        return ", ".join(word for word, value in done.items() if value is not None)


class Fault:
    """One order and how often it was carried out."""

    def __init__(self, number: int, order: FaultOrder) -> None:
        self.id = number
        self.order = order
        self.hits = 0

    @property
    def spent(self) -> bool:
        """Whether it has hit as often as ordered."""
        return self.order.times > 0 and self.hits >= self.order.times

    def matches(self, path: str, opaque_id: str | None) -> bool:
        """Tell whether a call is one it is meant for."""
        wanted = self.order.path.rstrip("/")
        return (path == wanted or path.startswith(f"{wanted}/")) and self.order.opaque_id in {None, opaque_id}

    def as_json(self) -> dict[str, Any]:
        """Describe the fault for the control API."""
        left = None if self.order.times == 0 else self.order.times - self.hits
        return {"id": self.id, **self.order.model_dump(exclude_none=True), "hits": self.hits, "left": left}


class Faults:
    """The faults in force; each call meets at most one, the oldest that matches."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._faults: list[Fault] = []

    def add(self, order: FaultOrder) -> Fault:
        """Put a fault in force."""
        fault = Fault(next(self._numbers), order)
        self._faults.append(fault)
        return fault

    def strike(self, path: str, opaque_id: str | None) -> FaultOrder | None:
        """Return what shall happen to a call, counting it; None when it is spared."""
        for fault in self._faults:
            if not fault.spent and fault.matches(path, opaque_id):
                fault.hits += 1
                return fault.order
        return None

    def all(self) -> list[Fault]:
        """Return every fault that was ordered and not deleted, spent ones too."""
        return list(self._faults)

    def delete(self, number: int | None = None) -> int:
        """Lift one fault or all; returns how many."""
        before = len(self._faults)
        self._faults = [fault for fault in self._faults if number is not None and fault.id != number]
        return before - len(self._faults)
