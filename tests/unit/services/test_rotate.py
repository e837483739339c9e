"""An endpoint gets another signing secret."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from parley.business.key_ring import Key, KeyRing
from parley.services.rotate import RotateSecrets
from tests.support import apple_requests as apple
from tests.support.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = 86_400.0


class Secrets:
    """`services.ports.SigningSecrets` in memory. `rivals` are what others write while we edit."""

    def __init__(self, **endpoints: str) -> None:
        own = {name: {"secret": secret} for name, secret in endpoints.items()}
        self.ring = KeyRing({"webhook_secret": "default", "endpoints": own})
        self.rivals: list[Callable[[KeyRing], KeyRing]] = []

    def change(self, business_id: str, edit: Callable[[KeyRing], KeyRing]) -> KeyRing:
        assert business_id == apple.BUSINESS
        while self.rivals:
            edit(self.ring)  # lost: what this made is thrown away
            self.ring = self.rivals.pop()(self.ring)
        self.ring = edit(self.ring)
        return self.ring


class Desk:
    """The service and its surroundings."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.secrets = Secrets(e1="first")
        numbers = itertools.count(1)
        self.rotate = RotateSecrets(
            secrets=self.secrets,
            clock=self.clock,
            new_secret=lambda: f"new-{next(numbers)}",
            overlap_seconds=DAY,
        )

    def signing(self, endpoint_id: str | None) -> list[str]:
        return self.secrets.ring.key(endpoint_id).signing(self.clock())


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_both_secrets_sign_for_a_day_and_then_only_the_new_one(desk: Desk) -> None:
    told = desk.rotate.rotate_endpoint_secret(apple.BUSINESS, "e1")

    assert (told.secret, told.former_until) == ("new-1", desk.clock() + DAY)
    assert desk.signing("e1") == ["new-1", "first"]
    desk.clock.advance(DAY)
    assert desk.signing("e1") == ["new-1"]


def test_an_endpoint_that_used_the_default_gets_its_own_and_the_default_goes_on_for_it(desk: Desk) -> None:
    desk.rotate.rotate_endpoint_secret(apple.BUSINESS, "e2")

    assert desk.signing("e2") == ["new-1", "default"]
    assert desk.signing(None) == ["default"]


def test_the_default_can_be_replaced_too(desk: Desk) -> None:
    desk.rotate.rotate_endpoint_secret(apple.BUSINESS, None)

    assert desk.signing(None) == ["new-1", "default"]
    assert desk.signing("e1") == ["first"]


def test_a_leaked_secret_stops_at_once_and_so_do_those_before_it(desk: Desk) -> None:
    desk.rotate.rotate_endpoint_secret(apple.BUSINESS, "e1")

    told = desk.rotate.revoke_endpoint_secret(apple.BUSINESS, "e1")

    assert (told.secret, told.former_until) == ("new-2", None)
    assert desk.signing("e1") == ["new-2"]


def test_a_secret_that_cannot_be_read_can_be_replaced(desk: Desk) -> None:
    desk.secrets.ring = KeyRing({"endpoints": {"e1": "damaged"}})

    desk.rotate.revoke_endpoint_secret(apple.BUSINESS, "e1")

    assert desk.signing("e1") == ["new-1"]


def test_a_new_endpoint_gets_a_secret_of_its_own(desk: Desk) -> None:
    told = desk.rotate.issue(apple.BUSINESS, "e3")

    assert (told.secret, told.former_until) == ("new-1", None)
    assert desk.signing("e3") == ["new-1"]


def test_a_deleted_endpoints_secret_is_dropped(desk: Desk) -> None:
    desk.rotate.forget(apple.BUSINESS, "e1")

    assert desk.secrets.ring.names == [None]


def test_of_two_callers_at_once_both_secrets_sign(desk: Desk) -> None:
    now = desk.clock()
    desk.secrets.rivals = [
        lambda ring: ring.with_key("e1", ring.key("e1").succeeded_by("rival", until=now + DAY, now=now))
    ]

    told = desk.rotate.rotate_endpoint_secret(apple.BUSINESS, "e1")

    assert desk.signing("e1") == [told.secret, "rival", "first"]


def test_a_rival_that_revoked_is_not_undone(desk: Desk) -> None:
    desk.secrets.rivals = [lambda ring: ring.with_key("e1", Key("rival"))]

    desk.rotate.rotate_endpoint_secret(apple.BUSINESS, "e1")

    assert "first" not in desk.signing("e1")


def test_the_new_secret_is_in_no_description(desk: Desk) -> None:
    assert "new-1" not in repr(desk.rotate.rotate_endpoint_secret(apple.BUSINESS, "e1"))
