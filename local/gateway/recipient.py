"""Finding the phone a message is for: a customer's, or the one an invitation rings (protocol/03, 13 §2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.gateway.config import is_telephone
from local.gateway.kinds import content_of, interactive_kind
from local.gateway.phones import TELEPHONE
from local.gateway.refusal import RefusalError, malformed

if TYPE_CHECKING:
    from local.gateway.gateway import Gateway
    from local.gateway.judge import Judged
    from local.gateway.phones import Phone

INVITATION = "notification"
"""What the header `message-type` must say of an invitation."""


def find_recipient(gateway: Gateway, judged: Judged, interactive: dict[str, Any] | None) -> Phone:
    """Return the phone a judged message goes to; adds violations. Raises RefusalError: 400, 404 or 410."""
    is_invitation = interactive is not None and interactive_kind(interactive) == "invitation"
    phone = _invited(gateway, judged) if is_invitation else _customer(gateway, judged)
    if phone.opted_out:
        raise RefusalError(410, "Session not found")
    return phone


def judge_invitation_again(phone: Phone, judged: Judged, interactive: dict[str, Any] | None) -> None:
    """Note an invitation to somebody who said no to the same one."""
    if interactive is None or interactive_kind(interactive) != "invitation":
        return
    if content_of(interactive, "invitation").get("referenceId") in phone.refused:
        judged.violations.append("this person said no to the same referenceId; a new consent is needed")


def _invited(gateway: Gateway, judged: Judged) -> Phone:
    if judged.message_type != INVITATION:
        raise RefusalError(410, f"header message-type must be {INVITATION} for an invitation")
    number = judged.opaque_id.removeprefix(TELEPHONE)
    if not judged.opaque_id.startswith(TELEPHONE) or not is_telephone(number):
        raise malformed("destinationId of an invitation must be tel: and a number in E.164, such as tel:+15550100")
    if number in gateway.config.numbers_without_imessage:
        raise RefusalError(404, "No device registrations for user")
    return gateway.phones.invite(number)


def _customer(gateway: Gateway, judged: Judged) -> Phone:
    if judged.opaque_id.startswith(TELEPHONE):
        raise malformed("destinationId may be a telephone number for an invitation only")
    if judged.message_type is not None:
        judged.violations.append("header message-type is only for invitations")
    phone = gateway.phones.get(judged.opaque_id)
    if phone is None or not phone.known_to_msp:
        raise RefusalError(404, "destination-id is not known")
    return phone
