"""Every message can be sent to every device in a form that it shows, and its answer comes back as what was asked."""

from __future__ import annotations

from itertools import chain, combinations
from typing import TYPE_CHECKING, Any, Final

import pytest

from parley.apple import wire
from parley.business import sends
from parley.business.kinds import MODULES
from parley.conversation import fallback
from parley.conversation.capability import missing
from tests.contract import device
from tests.contract.asked import CASES
from tests.unit.apple.wire.samples import NOW

if TYPE_CHECKING:
    from parley.conversation.fallback import Chosen
    from tests.contract.asked import Asked

TOKENS: Final = ("QUICK", "LIST", "TIME", "AUTH", "AUTH2", "FORM")
DEVICES: Final = list(chain.from_iterable(combinations(TOKENS, count) for count in range(len(TOKENS) + 1)))
QUESTIONS: Final = [case for case in CASES if case.result and "authentication" not in case.name]
SIGN_INS: Final = [case for case in CASES if "authentication" in case.name and case.result]

every_device = pytest.mark.parametrize("capabilities", DEVICES, ids=lambda tokens: "+".join(tokens) or "nothing")


def name_of(case: Asked) -> str:
    return case.name


def chosen_for(case: Asked, capabilities: tuple[str, ...]) -> Chosen:
    found = fallback.choose(sends.from_object(case.friendly), capabilities, now=NOW)
    assert found is not None, f"{case.name} cannot be sent to a device with {capabilities}"
    return found


def test_there_are_64_devices_and_every_kind() -> None:
    assert len(set(DEVICES)) == 64
    assert {case.friendly["type"] for case in CASES} == set(MODULES) - {"typing"}


@every_device
@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_every_message_has_a_form_that_can_be_sent_and_is_shown(case: Asked, capabilities: tuple[str, ...]) -> None:
    chosen = chosen_for(case, capabilities)

    got = device.sent(chosen)
    errors = [fault for fault in wire.check_content(got.type, got.content, now=NOW) if not fault.warning]
    assert errors == []
    assert missing(chosen.message, capabilities) is None
    assert device.shows(got.content, capabilities)
    assert chosen.form == getattr(chosen.message, "type", None)
    assert (chosen.reason is None) == (chosen.message == sends.from_object(case.friendly))


@every_device
@pytest.mark.parametrize("case", QUESTIONS, ids=name_of)
def test_the_answer_comes_back_as_what_was_asked(case: Asked, capabilities: tuple[str, ...]) -> None:
    chosen = chosen_for(case, capabilities)
    content = device.sent(chosen).content

    reply: dict[str, Any]
    if chosen.form == "text":
        reply = {"body": device.typed(content["body"], case.friendly, case.chosen)}
    else:
        reply = {"interactiveData": device.tapped(content, case.chosen)}

    assert device.understood(chosen, content, **reply) == case.result | {"in_reply_to": "question"}


@every_device
@pytest.mark.parametrize("case", SIGN_INS, ids=name_of)
def test_a_sign_in_is_answered_where_it_works_and_explained_where_not(
    case: Asked, capabilities: tuple[str, ...]
) -> None:
    chosen = chosen_for(case, capabilities)
    content = device.sent(chosen).content

    if chosen.form == "text":
        assert case.friendly["title"] in content["body"]
        assert chosen.offered is None
    else:
        reply = device.tapped(content, case.chosen)
        assert device.understood(chosen, content, interactiveData=reply) == case.result | {"in_reply_to": "question"}


@every_device
@pytest.mark.parametrize("case", [*QUESTIONS, *SIGN_INS], ids=name_of)
def test_apples_own_json_has_the_same_forms_as_the_kind_it_is(case: Asked, capabilities: tuple[str, ...]) -> None:
    whole = device.sent(chosen_for(case, TOKENS))
    raw = {"to": case.friendly["to"], "type": "apple", **whole.content}

    ours, apples = chosen_for(case, capabilities), fallback.choose(sends.from_object(raw), capabilities, now=NOW)

    assert apples is not None
    if apples.form == "apple":
        assert device.sent(apples).content == whole.content
    elif ours.form != "authentication":  # which may have another flow to fall back on
        assert (apples.form, apples.reason, apples.offered) == (ours.form, ours.reason, ours.offered)
        assert device.sent(apples).content == device.sent(ours).content


@pytest.mark.parametrize("case", QUESTIONS, ids=name_of)
def test_every_question_is_asked_in_each_form_it_has_and_in_no_other(case: Asked) -> None:
    forms = {chosen_for(case, capabilities).form for capabilities in DEVICES}

    kind = case.friendly["type"]
    assert {kind, "text"} <= forms
    assert forms <= {kind, "text", "list_picker", "quick_reply"}
