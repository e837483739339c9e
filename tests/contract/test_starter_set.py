"""The starter set: every template can be published, and every device is shown it in a form that it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from parley.apple import wire
from parley.business.library import placeholders, starters
from parley.business.library.content import TemplateContent
from parley.business.pictures import Pictures
from parley.business.unfetched import NoPreviews, Unfetched
from parley.services.prepare import Prepare, Prepared
from parley.services.trial import Trial
from tests.contract import device
from tests.contract.test_capability_subsets import DEVICES
from tests.unit.apple.wire.samples import NOW

if TYPE_CHECKING:
    from parley.business.operations.library import TemplateFile

FILES = starters.files()
_REQUEST = "00000000-0000-4000-8000-000000000001"


def content_of(file: TemplateFile) -> TemplateContent:
    return TemplateContent(**{name: getattr(file, name) for name in TemplateContent.model_fields})


def a_trial() -> Trial:
    def clock() -> float:
        return NOW

    prepare = Prepare(
        pictures=lambda _: Pictures(fetch=Unfetched()), previews=NoPreviews, clock=clock, new_id=lambda: _REQUEST
    )
    return Trial(prepare=prepare, clock=clock)


def test_it_is_what_most_businesses_begin_with() -> None:
    assert [file.name for file in FILES] == [
        "appointment",
        "feedback",
        "order-status",
        "store-picker",
        "subscribe",
        "survey",
        "unsubscribe",
    ]
    assert all(set(file.bodies) == {"en", "de"} for file in FILES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_each_can_be_published_and_says_what_its_variables_are(file: TemplateFile) -> None:
    assert a_trial().faults("-", content_of(file)) == []
    assert file.description
    assert [variable.name for variable in file.variables if not variable.description] == []


@pytest.mark.parametrize("locale", ["en", "de"])
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_each_is_shown_by_every_device(file: TemplateFile, locale: str) -> None:
    trial, content = a_trial(), content_of(file)
    send = trial.message(placeholders.fill(content.bodies[locale], trial.examples(content)))

    forms: set[str] = set()
    for capabilities in DEVICES:
        ((shown, made),) = trial.shown("-", send, capabilities)
        assert isinstance(made, Prepared)
        assert tuple(shown) == capabilities
        for part in made.parts:
            got: dict[str, Any] = part.content
            assert [fault for fault in wire.check_content(part.type, got, now=NOW) if not fault.warning] == []
            assert device.shows(got, capabilities)
        forms.add(made.form)

    told = {made.form for _, made in trial.shown("-", send, None) if isinstance(made, Prepared)}
    assert told == forms
