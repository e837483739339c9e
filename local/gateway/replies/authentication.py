"""The end of a sign-in (protocol/07)."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from local.gateway import legacy_token
from local.gateway.kinds import is_legacy
from local.gateway.replies.answer import Answer, frame, impossible

if TYPE_CHECKING:
    from local.gateway.replies.answer import Asked

FAILED_TITLE = "Authentication Failed"
CRYPTOR = "com.apple.icloud.messages.business.cryptor"


class AuthenticationAnswer(Answer):
    """Signing in, failing or giving up. The new form knows success, failure, cancel and unknown; the legacy one
    authenticated and failed."""

    DECLINE: ClassVar[dict[str, Any] | None] = {"status": "cancel"}

    status: Literal["success", "failure", "cancel", "unknown", "authenticated", "failed"] | None = None
    """Without it the sign-in succeeds, unless the legacy key is of no use."""
    token: str | None = None
    """Legacy: the access token, in clear; made up when missing."""
    code: str | None = None
    """New: a code in the reply, which some devices send."""
    error_code: str | None = None
    """New: with a failure."""

    def reply(self, asked: Asked) -> dict[str, Any]:
        """The status and what comes with it."""
        outcome = self._legacy(asked) if is_legacy(asked.interactive) else self._new()
        failed = outcome["status"] in {"failure", "failed"}
        return frame(asked, outcome, FAILED_TITLE if failed else asked.title, style="icon")

    def _new(self) -> dict[str, Any]:
        status = self.status or "success"
        if status in {"authenticated", "failed"}:
            raise impossible("status", "is one of success, failure, cancel and unknown in the new form")
        if self.token is not None:
            raise impossible("token", "exists in the legacy form only")
        extras = {"code": self.code, "error_code": self.error_code}
        return {"status": status, **{name: value for name, value in extras.items() if value is not None}}

    def _legacy(self, asked: Asked) -> dict[str, Any]:
        if self.status not in {None, "authenticated", "failed", "cancel"}:
            raise impossible("status", "is one of authenticated and failed in the legacy form")
        if self.code is not None or self.error_code is not None:
            raise impossible("code", "exists in the new form only, as error_code does")
        try:
            key = legacy_token.read_key(asked.content["oauth2"]["responseEncryptionKey"])
        except legacy_token.KeyProblemError as error:
            if self.status == "authenticated":
                raise impossible("status", f"the key {error}, so the phone can only fail") from None
            problem = {"code": error.code, "domain": CRYPTOR, "message": f"responseEncryptionKey {error}"}
            return {"status": "failed", "errors": [problem]}
        if self.status in {"failed", "cancel"}:
            return {"status": "failed"}
        token = self.token or f"access-{secrets.token_urlsafe(24)}"
        return {"status": "authenticated", "token": legacy_token.seal(token, key)}
