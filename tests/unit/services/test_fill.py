"""Templates on their way to a customer."""

from __future__ import annotations

from typing import Any

import pytest

from parley.business import sends
from parley.business.library.content import TemplateContent
from parley.business.library.model import Version
from parley.errors import Invalid, Rejected
from parley.services.fill import _KEPT, Fill
from parley.services.filled import Filled
from parley.services.library import Library
from tests.support import apple_requests as apple
from tests.support.memory_library import MemoryTemplates
from tests.support.world import World

CONTENT = TemplateContent.model_validate(
    {
        "default_locale": "EN",
        "variables": [{"name": "name"}, {"name": "count", "type": "number", "required": False}],
        "bodies": {
            "en": {"type": "text", "body": "Hello {{name}}{{count}}", "agent": "library", "auto_reply": True},
            "de": {"type": "text", "body": "Hallo {{name}}"},
        },
    }
)


def stored(templates: MemoryTemplates, *, versions: int = 1, name: str = "greeting") -> MemoryTemplates:
    """A template with some versions."""
    from dataclasses import replace

    Library(templates=templates, clock=lambda: 0.0).create(apple.BUSINESS, name, CONTENT)
    for number in range(1, versions + 1):
        head = templates.heads[apple.BUSINESS, name]
        assert templates.publish(replace(head, published=number), Version(number, CONTENT, 0.0))
    return templates


def a_send(**more: Any) -> Any:
    return sends.from_object({"to": apple.CUSTOMER, "template": "greeting", "variables": {"name": "Kim"}, **more})


def test_a_version_is_read_once_and_the_oldest_is_forgotten() -> None:
    templates = stored(MemoryTemplates(), versions=_KEPT + 1)
    fill = Fill(templates=templates)

    for number in [1, 1, *range(2, _KEPT + 2), 1]:
        fill(apple.BUSINESS, a_send(version=number), locale=None)

    assert [number for _, number in templates.reads] == [*range(1, _KEPT + 2), 1]


def test_the_senders_options_take_the_place_of_the_templates() -> None:
    fill = Fill(templates=stored(MemoryTemplates()))

    plain = fill(apple.BUSINESS, a_send(), locale="fr_FR").send
    other = fill(apple.BUSINESS, a_send(agent="mine", auto_reply=False, fallback="reject"), locale="en_GB").send

    assert (plain.agent, plain.auto_reply, plain.fallback) == ("library", True, "auto")
    assert (other.agent, other.auto_reply, other.fallback) == ("mine", False, "reject")


def test_a_version_that_is_gone_is_unknown() -> None:
    templates = stored(MemoryTemplates())
    templates.published.clear()

    with pytest.raises(Invalid) as caught:
        Fill(templates=templates)(apple.BUSINESS, a_send(), locale=None)

    assert caught.value.code == "version_unknown"


def test_other_callers_of_accept_send_templates_too() -> None:
    world = World()
    stored(world.templates)
    world.customer_sends(locale="de_DE")
    world.pump_events()

    accepted = world.business_asks({"template": "greeting", "variables": {"name": "Kim"}}, key="automatic-1")

    (message,) = accepted.messages
    assert message.template == {"name": "greeting", "version": 1, "locale": "de"}
    assert '"Hallo Kim"' in (message.payload or "")
    assert world.business_asks({"template": "greeting", "variables": {"name": "Kim"}}, key="automatic-1").replayed


def test_a_pointer_leads_to_who_wrote_what_stands_there() -> None:
    filled = Filled(
        a_send(),
        used={},
        variables={"/items": ("/variables/stores", True), "/title": ("/variables/name", False)},
        written=frozenset({"fallback"}),
    )

    assert filled.place("/items/2/title") == "/variables/stores/2/title"
    assert filled.place("/title") == "/variables/name"
    assert filled.place("/fallback/type") == "/fallback/type"
    assert filled.place("/subtitle") == filled.place("") == "/template"
    assert filled.notes([{"path": "/items/0/image/url", "note": "n"}]) == [
        {"path": "/variables/stores/0/image/url", "note": "n"}
    ]


def test_a_message_that_is_no_template_is_told_of_as_it_was_written() -> None:
    filled = Filled(a_send())

    with pytest.raises(Rejected) as caught, filled.told():
        raise Rejected("no", code="c", path="/type")

    assert caught.value.path == "/type"
    assert filled.notes([{"path": "/a", "note": "n"}]) == [{"path": "/a", "note": "n"}]


def test_a_template_is_no_message_by_itself() -> None:
    with pytest.raises(NotImplementedError):
        a_send().to_apple(None)
