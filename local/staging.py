"""Taking in the key Apple Business Register shows. Nothing of it is ever printed, not even of one that is wrong."""

import json
import uuid

from local.stack.errors import StackError
from parley.apple.tokens import Credential
from parley.errors import Fatal
from parley.services.key_material import PLACEHOLDER_MSP_ID
from parley.storage.secret_versions import CURRENT, PENDING, SecretVersions


def stage(versions: SecretVersions, text: str, *, msp_id: str | None, replace: bool) -> str:
    """Put what Apple issued beside the current key, as AWSPENDING; returns the version id. Raises StackError.

    `text` is the secret as Apple shows it, or `{"msp_id": …, "secret": …}`.
    """
    value = _value(text, msp_id=msp_id, versions=versions)
    secret = versions.describe()
    if _same(versions, CURRENT, value):
        raise StackError("That key is the current one already; there is nothing to rotate.")
    if secret.pending is not None:
        if _same(versions, PENDING, value):
            return secret.pending
        if not replace:
            raise StackError(
                "Another key is staged already.", hint="parley secret rotate puts it in force; --replace drops it."
            )
        versions.release_pending(secret.pending)
    version_id = str(uuid.uuid4())
    versions.write_pending(json.dumps(value), version_id=version_id)
    return version_id


def _value(text: str, *, msp_id: str | None, versions: SecretVersions) -> dict[str, str]:
    """The pair to store. Raises StackError for anything Apple would not believe."""
    text = text.strip()
    known = current_msp_id(versions)
    given: dict[str, str] = {"secret": text}
    if text.startswith("{"):
        try:
            found = json.loads(text)
            given = {name: str(found[name]) for name in ("msp_id", "secret") if name in found}
        except (ValueError, TypeError):
            raise StackError("That is no JSON object.") from None  # without the words, which may hold the secret
    value = {"msp_id": given.get("msp_id") or msp_id or known or "", "secret": given.get("secret", "")}
    if not value["msp_id"]:
        raise StackError(
            "Whose key is it?", hint="Say --msp-id <uuid>: Apple Business Register shows it beside the key."
        )
    if known not in {None, value["msp_id"]}:
        raise StackError(
            "The current key is of another MSP id.",
            hint="One stack is one MSP. For another MSP id put the pair in with aws secretsmanager put-secret-value.",
        )
    try:
        Credential.of(value["msp_id"], value["secret"])
    except Fatal as fault:
        raise StackError(f"That is no key of Apple's: {fault}.") from None
    return value


def current_msp_id(versions: SecretVersions) -> str | None:
    """None while the template's placeholder is in force, or what is there cannot be read."""
    current = versions.read_current()
    try:
        found = None if current is None else current.document().get("msp_id")
    except Fatal:
        return None
    return found if isinstance(found, str) and found != PLACEHOLDER_MSP_ID else None


def _same(versions: SecretVersions, stage: str, value: dict[str, str]) -> bool:
    version = versions.read(stage)
    try:
        return version is not None and version.document() == value
    except Fatal:
        return False
