"""How the demo business treats webhooks; tests change it to see the MSP cope."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Behaviour(BaseModel):
    """What happens to the next webhooks. The default is a healthy business."""

    model_config = ConfigDict(extra="forbid")

    status: Annotated[int, Field(ge=200, le=599)] = 204
    retry_after: Annotated[int, Field(ge=0)] | None = None
    """Sent as `Retry-After`, in seconds."""
    delay_ms: Annotated[int, Field(ge=0, le=600_000)] = 0
    drop: bool = False
    """Record the webhook, then cut the connection without an answer."""
    times: Annotated[int, Field(ge=0)] = 0
    """For how many webhooks; then the default returns. 0 means until it is changed."""
    echo: bool | None = None
    """Whether texts are echoed; null leaves it as it is."""


class Conduct:
    """The behaviour in force and whether texts are echoed."""

    def __init__(self, *, echo: bool) -> None:
        self.echo = echo
        self._behaviour = Behaviour()
        self._left = 0

    def set(self, behaviour: Behaviour) -> None:
        """Put a behaviour in force."""
        self._behaviour = behaviour
        self._left = behaviour.times
        if behaviour.echo is not None:
            self.echo = behaviour.echo

    def next(self) -> Behaviour:
        """Return the behaviour for one webhook, counting it."""
        behaviour = self._behaviour
        if behaviour.times:
            self._left -= 1
            if self._left == 0:
                self._behaviour = Behaviour()
        return behaviour

    def as_json(self) -> dict[str, object]:
        """Describe what is in force; `times` is what is left of it."""
        return {**self._behaviour.model_dump(), "times": self._left, "echo": self.echo}
