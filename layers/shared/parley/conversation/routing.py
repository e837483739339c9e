"""Which endpoint a conversation's messages go to (design §5, Delivery 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parley.business.model import Business, Endpoint


def route(business: Business, *, intent: str | None, group: str | None, handler: str | None) -> Endpoint | None:
    """The endpoint of the most specific rule: intent and group, intent, group, default.

    An explicit handover (`handler`, an endpoint id) overrides. None when nothing matches, or when what
    matches is gone: the message is then held, never dropped.
    """
    if handler is not None:
        return business.endpoints.get(handler)
    matching = (rule for rule in business.rules if rule.intent in (None, intent) and rule.group in (None, group))
    best = max(matching, key=lambda rule: (rule.intent is not None, rule.group is not None), default=None)
    return business.endpoints.get(best.endpoint_id) if best else None
