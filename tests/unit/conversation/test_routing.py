"""Which endpoint gets a conversation (design §5, Delivery 2)."""

from __future__ import annotations

import pytest

from parley.business.model import Business, Endpoint, Rule
from parley.conversation.routing import route

ENDPOINTS = {name: Endpoint(name, f"https://{name}.example") for name in ("default", "intent", "group", "both")}
RULES = (
    Rule("default"),
    Rule("intent", intent="sales"),
    Rule("group", group="vip"),
    Rule("both", intent="sales", group="vip"),
)


def chosen(
    rules: tuple[Rule, ...] = RULES, *, intent: str | None = None, group: str | None = None, handler: str | None = None
) -> str | None:
    business = Business("biz", "B", endpoints=ENDPOINTS, rules=rules)
    endpoint = route(business, intent=intent, group=group, handler=handler)
    return endpoint.id if endpoint else None


@pytest.mark.parametrize("rules", [RULES, RULES[::-1]])
@pytest.mark.parametrize(
    ("intent", "group", "expected"),
    [
        (None, None, "default"),
        ("other", "other", "default"),
        ("sales", None, "intent"),
        ("sales", "other", "intent"),
        (None, "vip", "group"),
        ("other", "vip", "group"),
        ("sales", "vip", "both"),
        ("Sales", "VIP", "default"),
        ("", "", "default"),
    ],
)
def test_the_most_specific_rule_wins_in_whatever_order_they_stand(
    rules: tuple[Rule, ...], intent: str | None, group: str | None, expected: str
) -> None:
    assert chosen(rules, intent=intent, group=group) == expected


def test_intent_counts_more_than_group() -> None:
    assert chosen(RULES[:3], intent="sales", group="vip") == "intent"
    assert chosen(RULES[2::-1], intent="sales", group="vip") == "intent"


def test_of_two_equal_rules_the_first_wins() -> None:
    assert chosen((Rule("group"), Rule("intent"))) == "group"


@pytest.mark.parametrize("rules", [(), (Rule("intent", intent="sales"),), (Rule("removed"),)])
def test_nothing_matches_or_what_matches_is_gone(rules: tuple[Rule, ...]) -> None:
    assert chosen(rules, intent="other") is None


def test_a_more_specific_rule_whose_endpoint_is_gone_does_not_fall_back() -> None:
    assert chosen((*RULES, Rule("removed", intent="sales", group="gone")), intent="sales", group="gone") is None


def test_an_explicit_handover_overrides_every_rule() -> None:
    assert chosen(intent="sales", group="vip", handler="group") == "group"
    assert chosen(handler="removed") is None
