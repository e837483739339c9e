"""Keys give no more than they have, change one after another, and never lock their business out."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from parley.business import keys
from parley.business.bounds import MAX_KEYS
from parley.business.model import ApiKey
from parley.errors import Conflict, Forbidden, Invalid, NotFound, Retryable
from parley.services.api_keys import ApiKeys
from parley.services.endpoints import TRIES
from tests.support import apple_requests as apple
from tests.support.clock import Clock
from tests.support.memory_settings import ApiKeys as Store

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST = ApiKey("first", apple.BUSINESS, keys.digest("s"), "usage", name="first", created_at=1.0)


class Desk:
    """The keys of one business, which has one that may do everything."""

    def __init__(self, *others: ApiKey) -> None:
        self.store, self.clock = Store(), Clock()
        for key in (FIRST, *others):
            self.store.put(key)
        numbers = itertools.count(1)
        self.keys = ApiKeys(
            store=self.store,
            clock=self.clock,
            new_id=lambda mode: f"parley_{mode}_{next(numbers)}",
            new_secret=lambda key_id: f"secret-{next(numbers)}-of-{key_id}",
        )

    def create(self, *, by: str = "first", **wanted: Any) -> ApiKey:
        facts = {"name": "shop", "scopes": ["read"], "mode": "live", "expires_at": None} | wanted
        return self.keys.create(apple.BUSINESS, by=by, **facts).record.key

    def change(self, key_id: str, *, by: str = "first", version: int | None = None, **changes: Any) -> ApiKey:
        return self.keys.change(apple.BUSINESS, key_id, changes, by=by, version=version).key

    def remove(self, key_id: str, *, by: str = "first") -> None:
        self.keys.remove(apple.BUSINESS, key_id, by=by)

    def opens(self, whole: str) -> bool:
        key_id, _, secret = whole.partition(".")
        return keys.opens(self.store.find(key_id), secret, now=self.clock())


def other(**facts: Any) -> ApiKey:
    return replace(FIRST, **{"id": "other", "name": "other", **facts})


def test_a_made_key_opens_and_is_listed_without_what_opens_it() -> None:
    desk = Desk()

    issued = desk.keys.create(
        apple.BUSINESS, by="first", name="shop", scopes=["send", "read", "read"], mode="test", expires_at=None
    )

    key = issued.record.key
    assert (key.scopes, key.mode, key.usage_identifier, key.created_at) == (
        ("read", "send"),
        "test",
        "usage",
        desk.clock(),
    )
    assert desk.opens(issued.whole)
    assert [record.key for record in desk.keys.all(apple.BUSINESS, by="first")] == [FIRST, key]
    assert issued.whole.partition(".")[2] not in repr(issued) + repr(desk.store.known)


@pytest.mark.parametrize(
    ("asking", "wanted"),
    [
        ({"scopes": ("keys", "read")}, {"scopes": ["read", "send"]}),
        ({"mode": "test"}, {"mode": "live"}),
        ({"expires_at": Clock()() + 100}, {"expires_at": Clock()() + 101}),
    ],
)
def test_a_key_cannot_give_what_it_has_not(asking: dict[str, Any], wanted: dict[str, Any]) -> None:
    desk = Desk(other(**asking))

    with pytest.raises(Forbidden) as caught:
        desk.create(by="other", **wanted)

    assert caught.value.code == "exceeds_key"
    assert set(desk.store.known) == {"first", "other"}


def test_a_key_made_by_one_that_expires_expires_with_it() -> None:
    desk = Desk(other(expires_at=Clock()() + 100))

    assert desk.create(by="other").expires_at == desk.clock() + 100
    assert desk.create(by="other", expires_at=desk.clock() + 50).expires_at == desk.clock() + 50


@pytest.mark.parametrize(
    ("stored", "changes"),
    [
        ({"enabled": False}, {"enabled": True}),
        ({"expires_at": Clock()() + 5}, {"expires_at": None}),
        ({"expires_at": Clock()() + 5}, {"expires_at": Clock()() + 6}),
    ],
)
def test_a_weaker_key_cannot_bring_a_stronger_one_back(stored: dict[str, Any], changes: dict[str, Any]) -> None:
    desk = Desk(other(scopes=("keys",)), replace(FIRST, id="third", **stored))

    with pytest.raises(Forbidden) as caught:
        desk.change("third", by="other", **changes)

    assert caught.value.code == "exceeds_key"
    assert desk.change("third", by="first", **changes) == replace(FIRST, id="third", **stored | changes)


@pytest.mark.parametrize(
    "changes", [{"enabled": False}, {"scopes": ["read"]}, {"name": "x"}, {"expires_at": Clock()() + 9}]
)
def test_a_weaker_key_can_take_from_a_stronger_one(changes: dict[str, Any]) -> None:
    desk = Desk(other(scopes=("keys",)), replace(FIRST, id="third"))

    changed = desk.change("third", by="other", **changes)

    assert all(
        getattr(changed, name) in (value, tuple(value) if isinstance(value, list) else ())
        for name, value in changes.items()
    )
    desk.remove("third", by="other")
    assert set(desk.store.known) == {"first", "other"}


def test_rotating_a_stronger_key_would_hand_it_out() -> None:
    desk = Desk(other(scopes=("keys",)))

    with pytest.raises(Forbidden):
        desk.keys.rotate(apple.BUSINESS, "first", by="other", overlap_hours=24)
    assert desk.opens("first.s")


def test_after_a_rotation_both_secrets_open_until_the_overlap_is_over() -> None:
    desk = Desk()

    issued = desk.keys.rotate(apple.BUSINESS, "first", by="first", overlap_hours=2)

    assert desk.opens("first.s")
    assert desk.opens(issued.whole)
    assert issued.record.key.former_until == desk.clock() + 7200
    desk.clock.advance(7199)
    assert desk.opens("first.s")
    desk.clock.advance(1)
    assert not desk.opens("first.s")
    assert desk.opens(issued.whole)


def test_without_an_overlap_the_old_secret_is_over_at_once() -> None:
    desk = Desk()

    issued = desk.keys.rotate(apple.BUSINESS, "first", by="first", overlap_hours=0)

    assert not desk.opens("first.s")
    assert desk.opens(issued.whole)


def test_two_rotations_leave_two_secrets() -> None:
    desk = Desk()
    second = desk.keys.rotate(apple.BUSINESS, "first", by="first", overlap_hours=24)

    third = desk.keys.rotate(apple.BUSINESS, "first", by="first", overlap_hours=24)

    assert [desk.opens(whole) for whole in ("first.s", second.whole, third.whole)] == [False, True, True]


LOCKING_OUT: list[dict[str, Any]] = [{"enabled": False}, {"scopes": ["read", "send"]}]


@pytest.mark.parametrize("changes", LOCKING_OUT)
@pytest.mark.parametrize(
    "others",
    [
        (),
        (other(scopes=("read",)),),
        (other(enabled=False),),
        (other(expires_at=Clock()()),),
        (other(mode="test"),),
        (other(business_id=apple.OTHER_BUSINESS),),
    ],
)
def test_the_last_good_key_that_manages_keys_stays(changes: dict[str, Any], others: tuple[ApiKey, ...]) -> None:
    desk = Desk(*others)

    for locking in (lambda: desk.change("first", **changes), lambda: desk.remove("first")):
        with pytest.raises(Conflict) as caught:
            locking()
        assert caught.value.code == "last_key"
    assert desk.store.find("first") == FIRST


@pytest.mark.parametrize("changes", LOCKING_OUT)
def test_one_of_two_may_go_and_a_test_key_at_any_time(changes: dict[str, Any]) -> None:
    desk = Desk(other(), replace(FIRST, id="third", mode="test"))

    desk.change("other", **changes)
    desk.change("third", **changes)
    desk.remove("third")
    with pytest.raises(Conflict):
        desk.remove("first")


def test_two_who_would_remove_each_other_do_not_both_succeed() -> None:
    desk = Desk(other(), replace(FIRST, id="third", mode="test"))
    desk.store.meanwhile = lambda: desk.remove("first", by="other")

    with pytest.raises(Forbidden) as caught:
        desk.remove("other", by="first")
    assert caught.value.code == "key_revoked"

    with pytest.raises(Conflict):
        desk.remove("other", by="third")
    assert set(desk.store.known) == {"other", "third"}


@pytest.mark.parametrize(
    "asking", [other(enabled=False), other(expires_at=Clock()()), other(scopes=("read", "send")), None]
)
def test_a_key_that_was_revoked_a_moment_ago_changes_nothing_more(asking: ApiKey | None) -> None:
    desk = Desk(replace(FIRST, id="third"), *([asking] if asking else []))

    for call in (
        lambda: desk.create(by="other"),
        lambda: desk.change("third", by="other", enabled=False),
        lambda: desk.remove("third", by="other"),
        lambda: desk.keys.rotate(apple.BUSINESS, "third", by="other", overlap_hours=0),
    ):
        with pytest.raises(Forbidden) as caught:
            call()
        assert caught.value.code == "key_revoked"
    assert desk.store.find("third") == replace(FIRST, id="third")


def test_a_moment_that_has_passed_is_no_expiry() -> None:
    desk = Desk()

    calls: list[Callable[[], object]] = [
        lambda: desk.create(expires_at=desk.clock()),
        lambda: desk.change("first", expires_at=desk.clock() - 1),
    ]
    for call in calls:
        with pytest.raises(Invalid) as caught:
            call()
        assert [(fault.path, fault.code) for fault in caught.value.faults] == [("/expires_at", "in_the_past")]


def test_there_is_a_most(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(*[replace(FIRST, id=f"k{number}") for number in range(MAX_KEYS - 2)])
    desk.create()

    with pytest.raises(Conflict) as caught:
        desk.create()

    assert caught.value.code == "too_many_keys"


def test_what_is_another_businesss_is_unknown() -> None:
    desk = Desk(other(business_id=apple.OTHER_BUSINESS))

    for call in (
        lambda: desk.keys.get(apple.BUSINESS, "other", by="first"),
        lambda: desk.change("other", name="x"),
        lambda: desk.remove("other"),
        lambda: desk.keys.rotate(apple.BUSINESS, "other", by="first", overlap_hours=1),
    ):
        with pytest.raises(NotFound):
            call()


def test_a_change_is_made_on_what_was_read() -> None:
    desk = Desk()
    desk.store.meanwhile = lambda: desk.change("first", name="by somebody else")

    changed = desk.change("first", expires_at=desk.clock() + 60)

    assert (changed.name, changed.expires_at) == ("by somebody else", desk.clock() + 60)


def test_a_change_of_another_version_is_refused() -> None:
    desk = Desk()
    desk.change("first", name="second", version=1)

    with pytest.raises(Conflict) as caught:
        desk.change("first", name="third", version=1)

    assert caught.value.code == "precondition_failed"


def test_a_change_of_nothing_is_none() -> None:
    desk = Desk()

    assert desk.keys.change(apple.BUSINESS, "first", {"name": "first"}, by="first", version=None).version == 1


def test_whoever_is_never_first_is_told_to_come_again() -> None:
    desk = Desk(other())

    def contended() -> None:
        desk.store.versions[apple.BUSINESS] += 1
        desk.store.meanwhile = contended

    for call in (
        desk.create,
        lambda: desk.change("other", name="x"),
        lambda: desk.remove("other"),
    ):
        desk.store.meanwhile = contended
        with pytest.raises(Retryable):
            call()
    assert desk.store.versions[apple.BUSINESS] == 2 + 3 * TRIES
