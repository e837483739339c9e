"""A sign-in request (protocol/07)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from parley.business.kinds.base import Build, Mapped, Strict, present
from parley.business.kinds.bubbles import WithBubble


class LegacySignIn(Strict):
    """For devices without AUTH2: the answer comes encrypted for `response_encryption_key` (protocol/07 §2)."""

    response_type: Literal["code", "token"] = "token"
    response_encryption_key: Annotated[str, Field(repr=False)]
    client_secret: Annotated[str | None, Field(repr=False)] = None


class Authentication(WithBubble):
    """Lets the customer sign in at the business's identity provider, set up in Apple Business Register.

    With `redirect_uri` the new flow; with `legacy` the old one, for the devices that know no other (protocol/07).
    """

    type: Literal["authentication"]
    scope: list[str]
    state: Annotated[str, Field(repr=False)]
    redirect_uri: str | None = None
    additional_parameters: str | None = None
    legacy: LegacySignIn | None = None

    def to_apple(self, build: Build) -> Mapped:
        """`data.authenticate`: the new flow when there is a `redirect_uri`, else the legacy one."""
        level = "/interactiveData/data/authenticate/oauth2"
        build.paths |= {
            "/interactiveData/data/authenticate": "",
            level: "",
            f"{level}/redirectURI": "/redirect_uri",
            f"{level}/additionalParameters": "/additional_parameters",
            f"{level}/responseType": "/legacy/response_type",
            f"{level}/responseEncryptionKey": "/legacy/response_encryption_key",
            f"{level}/clientSecret": "/legacy/client_secret",
        }
        mapped = build.interactive("authenticate", {"oauth2": self._oauth2()}, self.bubbles(build))
        return Mapped(
            mapped.type,
            mapped.content,
            paths=mapped.paths,
            request_identifier=mapped.request_identifier,
            door="authenticate",
        )

    def _oauth2(self) -> dict[str, Any]:
        if self.redirect_uri is None and self.legacy is not None:
            return present(
                responseType=self.legacy.response_type,
                scope=self.scope,
                state=self.state,
                responseEncryptionKey=self.legacy.response_encryption_key,
                clientSecret=self.legacy.client_secret,
            )
        return present(
            responseType="code",
            scope=self.scope,
            state=self.state,
            redirectURI=self.redirect_uri,
            additionalParameters=self.additional_parameters,
        )
