"""Sign-in requests, new and legacy (protocol/07)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.gateway import legacy_token
from local.gateway.judge.wording import judge_https

if TYPE_CHECKING:
    from local.gateway.judge.fields import Fields
    from local.gateway.judge.setting import Setting

MAX_STATE_CHARACTERS = 1_024
COMMON = {"responseType", "scope", "state"}


def judge_authentication(content: Fields, _: Setting) -> list[str]:
    """One of the two generations: `redirectURI` makes it new, `responseEncryptionKey` legacy."""
    oauth = content.object("oauth2")
    generation = oauth.either("redirectURI", "responseEncryptionKey")
    oauth.some_texts("scope")
    state = oauth.text("state")
    if len(state) > MAX_STATE_CHARACTERS or not state.isascii() or not state.isprintable():
        raise oauth.wrong("state", f"must be at most {MAX_STATE_CHARACTERS} printable ASCII characters")
    violations = content.unknown({"oauth2"})
    return violations + (_judge_new(oauth) if generation == "redirectURI" else _judge_legacy(oauth))


def _judge_new(oauth: Fields) -> list[str]:
    oauth.one_of("responseType", ["code"])
    judge_https(oauth, "redirectURI")
    if "additionalParameters" in oauth:
        oauth.text("additionalParameters")
    return oauth.unknown({*COMMON, "redirectURI", "additionalParameters"})


def _judge_legacy(oauth: Fields) -> list[str]:
    oauth.one_of("responseType", ["code", "token"])
    if "clientSecret" in oauth:
        oauth.text("clientSecret")
    violations = oauth.unknown({*COMMON, "responseEncryptionKey", "clientSecret"})
    try:
        legacy_token.read_key(oauth.text("responseEncryptionKey"))
    except legacy_token.KeyProblemError as error:
        # Seen in the wild: the gateway takes such a request, and the device answers `failed` with this code.
        violations.append(f"{oauth.path('responseEncryptionKey')} {error}; the phone fails with code {error.code}")
    return violations
