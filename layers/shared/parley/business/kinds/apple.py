"""Apple's own JSON, for what Parley has no shape of its own for."""

from __future__ import annotations

from typing import Any, Literal

from parley.apple.wire.kinds import kind_of
from parley.apple.wire.node import Node
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

    @property
    def shown(self) -> str:
        """The kind it is, told by its content; `unknown` when that lies elsewhere, or is nothing known."""
        return kind_of(self._content())

    @property
    def signs_in_the_older_way(self) -> bool:
        """Whether it is a sign-in in the legacy flow (protocol/07)."""
        if self.shown != "authentication":
            return False
        from parley.apple.wire.authentication import is_legacy

        return is_legacy(Node("", self._content()).at("interactiveData", "data", "authenticate", "oauth2"))

    def _content(self) -> dict[str, Any]:
        return {key: value for key in _CONTENT if (value := getattr(self, key)) is not None}

    def to_apple(self, build: Build) -> Mapped:
        """Unchanged; a sign-in request takes its own door (protocol/07 §1)."""
        given = self._content()
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
            session_identifier=value.get("sessionIdentifier"),
            reference_id=Node("", inner).at("notification", "referenceId").text,
            door="authenticate" if "authenticate" in inner else "message",
            headers={"message-type": "notification"} if "notification" in inner else {},
        )


_CONTENT = ("interactiveData", "interactiveDataRef", "richLinkData", "richLinkDataRef")
