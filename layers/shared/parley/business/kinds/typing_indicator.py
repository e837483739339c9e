"""A typing indicator (protocol/03 §3): goes straight out, is never queued and never retried."""

from __future__ import annotations

from typing import Literal

from parley.business.kinds.base import Build, Mapped, Send


class Typing(Send):
    """Shows the customer that somebody is writing, or has stopped."""

    type: Literal["typing"]
    state: Literal["start", "end"]

    def to_apple(self, build: Build) -> Mapped:
        """`typing_start` or `typing_end`, without content."""
        return Mapped(f"typing_{self.state}", {}, paths=build.paths)
