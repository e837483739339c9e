"""Routes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.business.model import Rule
from parley.business.operations import routes as operations
from parley.business.operations.routes import RouteAnswer, RouteList, RouteQuestion, RuleShape
from parley.runtime import compose
from parley.runtime.console.call import Call, Route, etag, shown
from parley.services.routes import in_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from parley.business.calls import Answer


def get(call: Call) -> Answer:
    """GET /v1/routes."""
    rules, version = compose.routes().get(call.business_id)
    return shown(operations.GET, _list(rules), etag(version))


def replace(call: Call) -> Answer:
    """PUT /v1/routes."""
    wanted: RouteList = call.body
    rules = [Rule(**shape.model_dump()) for shape in wanted.rules]
    version = compose.routes().replace(call.business_id, rules, version=call.version)
    return shown(operations.PUT, _list(rules), etag(version))


def test(call: Call) -> Answer:
    """POST /v1/routes/test."""
    asked: RouteQuestion = call.body
    found = compose.routes().test(
        call.business_id,
        conversation_id=asked.conversation_id,
        intent=asked.intent,
        group=asked.group,
        locale=asked.locale,
        message_type=asked.type,
    )
    view = RouteAnswer(
        endpoint_id=found.endpoint.id if found.endpoint is not None else None,
        rule=found.rule,
        reason=found.reason.value,
        explanation=in_words(found),
    )
    return shown(operations.TEST, view)


def _list(rules: Iterable[Rule]) -> RouteList:
    return RouteList(
        rules=[
            RuleShape(
                endpoint_id=rule.endpoint_id, intent=rule.intent, group=rule.group, locale=rule.locale, type=rule.type
            )
            for rule in rules
        ]
    )


ROUTES = (Route(operations.GET, get), Route(operations.PUT, replace), Route(operations.TEST, test))
