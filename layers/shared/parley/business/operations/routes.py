"""Routes: which endpoint gets which conversation's messages."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from parley.business.bounds import MAX_RULES
from parley.business.operations.operation import Operation
from parley.business.operations.shapes import Asked, Id, Shown, Word

type Locale = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z]{2,8}([_-][A-Za-z0-9]{1,8}){0,4}$",
        description="`de` is every German, `de_AT` that of Austria; `_` and `-` are one, and case does not count.",
    ),
]
type MessageType = Annotated[
    str, Field(min_length=1, max_length=64, description="`message.type` of a webhook: `text`, `interactive` …")
]


class RuleShape(Asked):
    """A rule matches when everything it names does; what it leaves out matches everything."""

    endpoint_id: Id
    intent: Word | None = None
    group: Word | None = None
    locale: Locale | None = None
    type: MessageType | None = None


class RouteList(Asked):
    """The whole list, in order."""

    rules: Annotated[list[RuleShape], Field(max_length=MAX_RULES)]


class RouteQuestion(Asked):
    """A message that might come. What is left out is taken from the conversation, when one is named."""

    intent: Word | None = None
    group: Word | None = None
    locale: Locale | None = None
    type: MessageType | None = None
    conversation_id: Id | None = None


class RouteAnswer(Shown):
    """Where it would go."""

    endpoint_id: Annotated[
        str | None, Field(description="Absent when it leads nowhere: the message would be held.")
    ] = None
    rule: Annotated[int | None, Field(description="The place of the deciding rule in the list, from 0.")] = None
    reason: Literal["handover", "intent_and_group", "intent", "group", "default", "no_rule", "endpoint_gone"]
    explanation: str


_ETAG: Final = ("ETag",)

GET: Final = Operation(
    id="getRoutes",
    method="GET",
    path="/v1/routes",
    scope="read",
    summary="The rules, in order",
    outcome="The whole list.",
    answer=RouteList,
    headers=_ETAG,
)
PUT: Final = Operation(
    id="replaceRoutes",
    method="PUT",
    path="/v1/routes",
    scope="manage",
    summary="Replace the rules",
    description=(
        "The most specific matching rule decides: intent and group, intent, group, neither. Among equals the first. "
        "`locale` and `type` only narrow a rule. Used within 5 seconds."
    ),
    body=(RouteList,),
    outcome="The whole list as it is now.",
    answer=RouteList,
    headers=_ETAG,
    refusals={412: "The list was changed since the `ETag` in `If-Match`."},
    guarded=True,
)
TEST: Final = Operation(
    id="testRoutes",
    method="POST",
    path="/v1/routes/test",
    scope="read",
    summary="Where would this go?",
    body=(RouteQuestion,),
    optional_body=True,
    outcome="Where it would go, and why.",
    answer=RouteAnswer,
    once=True,
)

OPERATIONS: Final = (GET, PUT, TEST)
