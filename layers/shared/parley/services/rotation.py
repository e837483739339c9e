"""One step of a secret's rotation, as Secrets Manager calls it: createSecret, setSecret, testSecret, finishSecret.

Secrets Manager runs the steps in order under one token, the id of the version that is to become the current one, and
repeats what failed. So every step may come twice, or again after a crash, and ends as it would have ended at once.
Who calls is judged before anything is done: is it our secret, is its rotation on, is the token known, is it current
already, is it pending.

For a business's webhook keys `parley secret rotate` plays Secrets Manager's part where that does not call functions;
it cannot announce a token without a value, so createSecret takes an unknown one while nothing else is pending. Apple's
key is never made here, so its token is always one an operator has staged.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from parley.errors import Conflict, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.services import ports


class Step(StrEnum):
    """Secrets Manager's words."""

    CREATE = "createSecret"
    SET = "setSecret"
    TEST = "testSecret"
    FINISH = "finishSecret"


@dataclass(frozen=True, slots=True)
class Stepped:
    """What a step did; safe to log."""

    step: Step
    secret: str
    """Its name."""
    version: str
    did: str
    """`done`, or `already` when there was nothing left to do."""


class Material(Protocol):
    """What differs between the kinds of secret."""

    may_announce: bool
    """Whether createSecret may bring a token nobody has staged."""

    def create(self, versions: ports.SecretVersions, token: str) -> None:
        """Bring the new value into being, if it is not there."""

    def test(self, versions: ports.SecretVersions, token: str) -> None:
        """Raises Rejected when the new value would not work."""

    def finish(self, versions: ports.SecretVersions, token: str) -> None:
        """Put the new value in force."""


class Rotation:
    """Runs steps. `material_of` knows our secrets: None for anybody else's."""

    def __init__(
        self,
        *,
        versions_of: Callable[[str], ports.SecretVersions],
        material_of: Callable[[ports.DescribedSecret], Material | None],
    ) -> None:
        self._versions_of = versions_of
        self._material_of = material_of

    def __call__(self, step: Step, secret_id: str, token: str) -> Stepped:
        """Raises Rejected (the step must not be done), Retryable (not now) or Fatal (an operator must mend it)."""
        versions = self._versions_of(secret_id)
        secret = versions.describe()
        material = self._material_of(secret)
        if material is None:
            raise NotFound("this function does not rotate that secret", code="secret_not_ours")
        if secret.rotation_off:
            raise Conflict("rotation is switched off for this secret", code="rotation_off")
        if not secret.knows(token) and not _may_begin(step, material, secret):
            raise NotFound("the secret has no version of this token", code="version_unknown")
        if secret.current == token:
            if step is Step.FINISH:
                material.finish(versions, token)  # takes away what a crash may have left behind
            return Stepped(step, secret.name, token, "already")
        if secret.knows(token) and secret.pending != token:
            raise Conflict("that version is not pending", code="version_not_pending")
        self._do(step, material, versions, token)
        return Stepped(step, secret.name, token, "done")

    @staticmethod
    def _do(step: Step, material: Material, versions: ports.SecretVersions, token: str) -> None:
        match step:
            case Step.CREATE:
                material.create(versions, token)
            case Step.SET:
                return  # nobody else has to be told: Apple issued its key, and the others sign with old and new
            case Step.TEST:
                material.test(versions, token)
            case Step.FINISH:
                material.finish(versions, token)


def _may_begin(step: Step, material: Material, secret: ports.DescribedSecret) -> bool:
    return step is Step.CREATE and material.may_announce and secret.pending is None
