"""Seeding gives the cloud what the state says, and does not pile up versions of Apple's secret."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from local.stack import cloud, seed
from local.stack.cloud import Deployed
from local.stack.errors import StackError
from local.stack.state import State

if TYPE_CHECKING:
    from local.stack.layout import Layout

OUTPUTS = {
    "AppleSecretId": "parley-local/apple",
    "TableName": "table",
    "BusinessSecretPrefix": "parley-local/business/",
    "UsagePlanId": "plan",
    "PlusUsagePlanId": "plus",
}


class PretendedCloud:
    """Secrets Manager with one secret, and whatever was registered."""

    def __init__(self) -> None:
        self.versions = ['{"msp_id": "0", "secret": "random"}']
        self.registered: list[tuple[Any, ...]] = []
        self.wiring: dict[str, Any] = {}

    def get_secret_value(self, **_: str) -> dict[str, str]:
        return {"SecretString": self.versions[-1]}

    def put_secret_value(self, *, SecretId: str, SecretString: str) -> None:  # noqa: N803
        assert SecretId == OUTPUTS["AppleSecretId"]
        self.versions.append(SecretString)

    def registration(self, _session: object, **wiring: Any) -> Any:
        self.wiring = wiring
        return SimpleNamespace(
            business=lambda *ids, **facts: self.registered.append((*ids, facts)),
            key=lambda *ids, **facts: self.registered.append((*ids, facts)),
        )


@pytest.fixture
def pretended(monkeypatch: pytest.MonkeyPatch) -> PretendedCloud:
    pretended = PretendedCloud()
    monkeypatch.setattr(cloud, "client", lambda _service, _endpoint: pretended)
    monkeypatch.setattr(seed, "registration", pretended.registration)
    return pretended


@pytest.fixture
def deployed() -> Deployed:
    description: Any = {"Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in OUTPUTS.items()]}
    return Deployed(description)


def test_apples_secret_is_put_once(layout: Layout, pretended: PretendedCloud, deployed: Deployed) -> None:
    state = State.fresh(layout.ports)

    seed.seed(layout, state, deployed)
    seed.seed(layout, state, deployed)

    assert [json.loads(text) for text in pretended.versions[1:]] == [
        {"msp_id": state.msp.id, "secret": state.msp.secret}
    ]


def test_the_demo_business_is_registered_with_its_endpoint_and_key(
    layout: Layout, pretended: PretendedCloud, deployed: Deployed
) -> None:
    state = State.fresh(layout.ports)
    business = state.business

    seed.seed(layout, state, deployed)

    assert pretended.wiring == {
        "table_name": "table",
        "business_secret_prefix": "parley-local/business/",
        "usage_plans": {"standard": "plan", "plus": "plus"},
        "allow_loopback": True,
    }
    assert pretended.registered == [
        (
            business.id,
            {
                "name": business.name,
                "url": "http://127.0.0.1:4790/webhook",
                "webhook_secret": business.webhook_secret,
            },
        ),
        (business.id, {"key_id": business.key_id, "secret": business.key_secret}),
    ]


def test_a_refusal_is_told_with_the_way_out(
    layout: Layout, pretended: PretendedCloud, deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: str) -> None:
        raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "GetSecretValue")

    monkeypatch.setattr(pretended, "get_secret_value", refuse)

    with pytest.raises(StackError) as failure:
        seed.seed(layout, State.fresh(layout.ports), deployed)

    assert "ResourceNotFoundException" in failure.value.message
    assert "parley down --purge" in failure.value.hint
