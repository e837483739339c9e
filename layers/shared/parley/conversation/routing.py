"""Which endpoint a conversation's messages go to, and why (design §5, Delivery 2).

1. A handover (`handler`, an endpoint id) overrides every rule, as long as that endpoint exists.
2. A rule matches when everything it names does: `intent`, `group` and `type` letter by letter, `locale` as in
   `speaks`. What a rule does not name matches everything.
3. Of those that match, the most specific wins: intent and group, intent, group, neither. `locale` and `type` only
   narrow a rule; they do not make it more specific.
4. Among equally specific ones the first in the list wins.
5. Nothing matches, or what matches has no endpoint: nowhere. The message is then held, never dropped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parley.business.model import Business, Endpoint, Rule

_SUBTAGS: Final = re.compile(r"[_-]")
_KEYWORDS: Final = re.compile(r"[.@]")


class Reason(StrEnum):
    """What decided."""

    HANDOVER = "handover"
    INTENT_AND_GROUP = "intent_and_group"
    INTENT = "intent"
    GROUP = "group"
    DEFAULT = "default"
    NO_RULE = "no_rule"
    ENDPOINT_GONE = "endpoint_gone"


_SPECIFIC: Final = {
    (True, True): Reason.INTENT_AND_GROUP,
    (True, False): Reason.INTENT,
    (False, True): Reason.GROUP,
    (False, False): Reason.DEFAULT,
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """Where a message goes. `rule` is the place of the deciding rule in the list, from 0."""

    endpoint: Endpoint | None
    reason: Reason
    rule: int | None = None


def route(
    business: Business,
    *,
    intent: str | None,
    group: str | None,
    handler: str | None,
    locale: str | None = None,
    type: str | None = None,  # noqa: A002  (the rule's own word)
) -> Endpoint | None:
    """The endpoint for a message of this conversation; None when it leads nowhere."""
    return explain(business, intent=intent, group=group, handler=handler, locale=locale, type=type).endpoint


def explain(
    business: Business,
    *,
    intent: str | None,
    group: str | None,
    handler: str | None,
    locale: str | None = None,
    type: str | None = None,  # noqa: A002  (the rule's own word)
) -> Explanation:
    """The same, with what decided."""
    # An endpoint that was removed never comes back under its id: holding for it would only be losing slowly.
    if handler is not None and handler in business.endpoints:
        return Explanation(business.endpoints[handler], Reason.HANDOVER)
    matching = [
        (number, rule)
        for number, rule in enumerate(business.rules)
        if _matches(rule, intent=intent, group=group, locale=locale, type_=type)
    ]
    if not matching:
        return Explanation(None, Reason.NO_RULE)
    number, best = max(matching, key=lambda each: _specificity(each[1]))  # of equals, max takes the first
    endpoint = business.endpoints.get(best.endpoint_id)
    if endpoint is None:
        return Explanation(None, Reason.ENDPOINT_GONE, number)
    return Explanation(endpoint, _SPECIFIC[_specificity(best)], number)


def possible(business: Business, *, intent: str | None, group: str | None, locale: str | None) -> set[str]:
    """The endpoints the rules may choose for this conversation, whatever type of message comes."""
    types = {None, *(rule.type for rule in business.rules)}
    found = (route(business, intent=intent, group=group, handler=None, locale=locale, type=each) for each in types)
    return {endpoint.id for endpoint in found if endpoint is not None}


def speaks(wanted: str, locale: str | None) -> bool:
    """Whether `locale` is the wanted one or a part of it: `de` is spoken in `de_DE`, `de_DE` is not in `de_AT`.

    Case does not count, `_` and `-` are one, and what follows `.` or `@` (`de_DE@currency=EUR`) is left out.
    """
    if locale is None:
        return False
    tags = _tags(wanted)
    return _tags(locale)[: len(tags)] == tags


def shadowed(rules: Sequence[Rule]) -> dict[int, int]:
    """Rules that no message can reach, each with the earlier rule that takes everything first."""
    found: dict[int, int] = {}
    for number, rule in enumerate(rules):
        first = next((place for place, other in enumerate(rules[:number]) if _covers(other, rule)), None)
        if first is not None:
            found[number] = first
    return found


def _covers(other: Rule, rule: Rule) -> bool:
    return (
        (other.intent, other.group) == (rule.intent, rule.group)
        and other.type in (None, rule.type)
        and (other.locale is None or speaks(other.locale, rule.locale))
    )


def _matches(rule: Rule, *, intent: str | None, group: str | None, locale: str | None, type_: str | None) -> bool:
    return (
        rule.intent in (None, intent)
        and rule.group in (None, group)
        and rule.type in (None, type_)
        and (rule.locale is None or speaks(rule.locale, locale))
    )


def _specificity(rule: Rule) -> tuple[bool, bool]:
    return rule.intent is not None, rule.group is not None


def _tags(locale: str) -> list[str]:
    return _SUBTAGS.split(_KEYWORDS.split(locale, maxsplit=1)[0].lower())
