"""`parley admin register`: what the operator names is what is registered."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from local import admin
from local.cli import app
from tests.support import apple_requests as apple

OUTPUTS = {"TableName": "t", "BusinessSecretPrefix": "p/", "UsagePlanId": "one", "PlusUsagePlanId": "two"}


@pytest.mark.parametrize(("options", "tier"), [([], "standard"), (["--tier", "plus"], "plus")])
def test_a_business_is_registered_in_its_tier(options: list[str], tier: str, monkeypatch: pytest.MonkeyPatch) -> None:
    registered: list[dict[str, Any]] = []
    wired: dict[str, Any] = {}

    def business(identity: str, **facts: Any) -> str:
        registered.append({"id": identity, **facts})
        return "whsec_x"

    def registration(_session: object, **wiring: Any) -> Any:
        wired.update(wiring)
        return SimpleNamespace(business=business, new_key=lambda _identity, **_facts: "parley_live_x.y")

    monkeypatch.setattr(admin, "registration", registration)
    monkeypatch.setattr(admin, "_outputs", lambda *_: OUTPUTS)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    asked = [
        "admin",
        "register",
        "--stack",
        "s",
        "--business-id",
        apple.BUSINESS,
        "--name",
        "B",
        "--url",
        "https://x.example",
    ]

    done = CliRunner().invoke(app, [*asked, *options, "--json"])

    assert done.exit_code == 0, done.output
    assert registered == [{"id": apple.BUSINESS, "name": "B", "url": "https://x.example", "tier": tier}]
    assert wired["usage_plans"] == {"standard": "one", "plus": "two"}
    assert json.loads(done.stdout)["api_key"] == "parley_live_x.y"
