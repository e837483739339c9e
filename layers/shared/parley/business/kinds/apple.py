"""Apple's own JSON, for what Parley has no shape of its own for."""

from __future__ import annotations

from typing import Any, Literal

from parley.business.kinds.base import Build, Mapped, Send
from parley.errors import Fault, Invalid


class Apple(Send):
    """Exactly one of Apple's content keys. It is checked as Apple checks it, and sent as it is."""

    type: Literal["apple"]
    # Apple's names without an alias: pydantic would not tell a caller who writes the snake_case name in JSON.
    interactiveData: dict[str, Any] | None = None  # noqa: N815
    interactiveDataRef: dict[str, Any] | None = None  # noqa: N815
    richLinkData: dict[str, Any] | None = None  # noqa: N815
    richLinkDataRef: dict[str, Any] | None = None  # noqa: N815

    def to_apple(self, build: Build) -> Mapped:
        """Unchanged; a sign-in request takes its own door (protocol/07 §1)."""
        given = {key: value for key in _CONTENT if (value := getattr(self, key)) is not None}
        if len(given) != 1:
            raise Invalid([Fault("", "content", f"give exactly one of {', '.join(_CONTENT)}")])
        ((key, value),) = given.items()
        build.paths[""] = ""
        data = value.get("data") if key == "interactiveData" else None
        inner = data if isinstance(data, dict) else {}
        return Mapped(
            "interactive" if key.startswith("interactive") else "richLink",
            {key: value},
            paths=build.paths,
            request_identifier=inner.get("requestIdentifier"),
            door="authenticate" if "authenticate" in inner else "message",
            headers={"message-type": "notification"} if "notification" in inner else {},
        )


_CONTENT = ("interactiveData", "interactiveDataRef", "richLinkData", "richLinkDataRef")
