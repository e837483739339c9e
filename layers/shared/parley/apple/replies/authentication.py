"""The outcome of a sign-in, new and legacy (protocol/07)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final, Literal, cast

from parley.apple.replies.reply import Reply
from parley.apple.replies.tolerant import integer, table, tables, text, word

if TYPE_CHECKING:
    from parley.apple.replies.reply import Common, Kind
    from parley.apple.replies.tolerant import Json

KEY: Final = "authenticate"

type Status = Literal["success", "failure", "cancel", "unknown", "authenticated", "failed"]

_LEGACY: Final = frozenset({"authenticated", "failed"})
_STATUSES: Final = frozenset({"success", "failure", "cancel"}) | _LEGACY


@dataclass(frozen=True, slots=True)
class AuthenticationError:
    """Why a legacy reply could not be made: 1, the key could not be read; 2, no key could be made of it."""

    code: int | None
    domain: str | None
    message: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Authentication(Reply):
    """Apple's word for the outcome; any other is `unknown`. `token` is the legacy flow's encrypted token."""

    kind: ClassVar[Kind] = "authentication"

    status: Status = "unknown"
    error_code: str | None = None
    errors: tuple[AuthenticationError, ...] = ()
    code: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)

    @property
    def legacy(self) -> bool:
        """Answers the old request, whose token lies encrypted in the reply (protocol/07 §2)."""
        return self.status in _LEGACY or self.token is not None

    @property
    def is_empty(self) -> bool:
        """No outcome arrived."""
        return self.status == "unknown" and self.token is None and self.code is None


def read(data: Json, common: Common) -> Authentication:
    """The status in any case; the code and the token stay out of every repr."""
    content = table(data.get(KEY))
    status = (word(content.get("status")) or "").strip().lower()
    return Authentication(
        **common,
        status=cast("Status", status) if status in _STATUSES else "unknown",
        error_code=word(content.get("error_code")),
        errors=tuple(
            AuthenticationError(integer(error.get("code")), text(error.get("domain")), text(error.get("message")))
            for error in tables(content.get("errors"))
        ),
        code=word(content.get("code")),
        token=word(content.get("token")),
    )
