"""Which endpoint gets a conversation (design §5, Delivery 2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.business.model import Business, Endpoint, Rule
from parley.conversation.routing import Reason, explain, route, shadowed, speaks

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
    assert chosen((), handler="group") == "group"


def test_a_handover_to_an_endpoint_that_was_removed_leaves_it_to_the_rules() -> None:
    assert chosen(handler="removed") == "default"
    assert chosen((), handler="removed") is None


@pytest.mark.parametrize(
    ("wanted", "locale", "spoken"),
    [
        ("de", "de_DE", True),
        ("de", "de", True),
        ("DE", "de-at", True),
        ("de_DE", "de-de", True),
        ("zh-Hans", "zh_Hans_CN", True),
        ("de", "de_DE@currency=EUR", True),
        ("de_DE@currency=EUR", "de_DE", True),
        ("de_DE", "de", False),
        ("de_DE", "de_AT", False),
        ("de", "den", False),
        ("de", "en_DE", False),
        ("de", None, False),
        ("de", "", False),
    ],
)
def test_a_language_is_spoken_in_all_its_countries(wanted: str, locale: str | None, spoken: bool) -> None:
    assert speaks(wanted, locale) is spoken


def test_locale_and_type_narrow_a_rule_but_do_not_make_it_more_specific() -> None:
    rules = (Rule("default", locale="de", type="text"), Rule("intent", intent="sales"), Rule("group"))

    def where(**message: str | None) -> str | None:
        facts = {"intent": None, "group": None, "handler": None} | message
        endpoint = route(Business("biz", "B", endpoints=ENDPOINTS, rules=rules), **facts)
        return endpoint.id if endpoint else None

    assert where(locale="de_AT", type="text") == "default"
    assert where(locale="de_AT", type="interactive") == "group"
    assert where(locale="fr_FR", type="text") == "group"
    assert where(type="text") == "group"
    assert where(locale="de_AT", type="text", intent="sales") == "intent"


@pytest.mark.parametrize(
    ("asked", "rules", "endpoint", "reason", "rule"),
    [
        ({"handler": "group"}, RULES, "group", Reason.HANDOVER, None),
        ({"intent": "sales", "group": "vip"}, RULES, "both", Reason.INTENT_AND_GROUP, 3),
        ({"intent": "sales"}, RULES, "intent", Reason.INTENT, 1),
        ({"group": "vip"}, RULES, "group", Reason.GROUP, 2),
        ({}, RULES, "default", Reason.DEFAULT, 0),
        ({}, RULES[1:], None, Reason.NO_RULE, None),
        ({"group": "x"}, (*RULES, Rule("removed", group="x")), None, Reason.ENDPOINT_GONE, 4),
    ],
)
def test_it_says_which_rule_decided_and_why(
    asked: dict[str, str], rules: tuple[Rule, ...], endpoint: str | None, reason: Reason, rule: int | None
) -> None:
    facts: dict[str, str | None] = {"intent": None, "group": None, "handler": None}

    found = explain(Business("biz", "B", endpoints=ENDPOINTS, rules=rules), **facts | asked)

    assert (found.endpoint.id if found.endpoint else None, found.reason, found.rule) == (endpoint, reason, rule)


def test_a_rule_behind_a_wider_equal_one_is_never_reached() -> None:
    rules = (
        Rule("default"),
        Rule("group", locale="de"),  # behind the first, which takes every language
        Rule("intent", intent="sales", locale="de"),
        Rule("intent", intent="sales", locale="de_AT"),  # Austria is behind all of German
        Rule("intent", intent="sales", type="text"),
        Rule("intent", intent="sales"),
        Rule("both", intent="sales", type="text"),
    )

    assert shadowed(rules) == {1: 0, 3: 2, 6: 4}


WORDS = st.sampled_from([None, "a", "b"])
LOCALES = st.sampled_from([None, "de", "de_DE", "de-at", "fr"])
A_RULE = st.builds(
    Rule, st.sampled_from(["default", "intent", "removed"]), intent=WORDS, group=WORDS, locale=LOCALES, type=WORDS
)
A_MESSAGE = st.fixed_dictionaries({"intent": WORDS, "group": WORDS, "locale": LOCALES, "type": WORDS})


def rank(rule: Rule) -> int:
    """Of the documented order, the best is 3."""
    return {(True, True): 3, (True, False): 2, (False, True): 1, (False, False): 0}[
        rule.intent is not None, rule.group is not None
    ]


@given(st.lists(A_RULE, max_size=6), A_MESSAGE)
def test_the_rule_that_decides_matches_and_none_before_it_or_above_it_does(
    rules: list[Rule], message: dict[str, str | None]
) -> None:
    def matches(rule: Rule) -> bool:
        told = all(getattr(rule, word) in (None, message[word]) for word in ("intent", "group", "type"))
        return told and (rule.locale is None or speaks(rule.locale, message["locale"]))

    found = explain(Business("biz", "B", endpoints=ENDPOINTS, rules=tuple(rules)), handler=None, **message)

    better = [number for number, rule in enumerate(rules) if matches(rule)]
    if found.rule is None:
        assert better == []
        return
    chosen_one = rules[found.rule]
    assert matches(chosen_one)
    assert max(rank(rules[number]) for number in better) == rank(chosen_one)
    assert not [number for number in better if number < found.rule and rank(rules[number]) == rank(chosen_one)]
    assert (found.endpoint is None) == (chosen_one.endpoint_id == "removed")


@given(st.lists(A_RULE, max_size=6), A_MESSAGE)
def test_a_rule_that_is_shadowed_never_decides(rules: list[Rule], message: dict[str, str | None]) -> None:
    found = explain(Business("biz", "B", endpoints=ENDPOINTS, rules=tuple(rules)), handler=None, **message)

    assert found.rule not in shadowed(rules)
