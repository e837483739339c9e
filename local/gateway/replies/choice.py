"""Choosing among items by identifier or by place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import Field, model_validator

from local.gateway.replies.answer import Answer, impossible

if TYPE_CHECKING:
    from collections.abc import Sequence


class Choice(Answer):
    """An answer that names items; `identifier` is short for `identifiers` with one."""

    identifiers: list[str] | None = None
    identifier: str | None = None
    indexes: list[Annotated[int, Field(ge=0)]] | None = None
    """Places from 0, in the order the phone shows all items in."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(way is not None for way in (self.identifiers, self.identifier, self.indexes)) != 1:
            raise ValueError("give exactly one of identifiers, identifier and indexes")
        return self

    def pick(self, items: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the chosen items in the order they are shown in. Raises RequestError."""
        if self.indexes is not None:
            if not all(index < len(items) for index in self.indexes):
                raise impossible("indexes", f"there are {len(items)} items, from 0 to {len(items) - 1}")
            wanted = {items[index]["identifier"] for index in self.indexes}
        else:
            wanted = set(self.identifiers or []) if self.identifier is None else {self.identifier}
        offered = [item["identifier"] for item in items]
        if not wanted or not wanted <= set(offered):
            raise impossible("identifiers", f"choose from {', '.join(offered)}")
        return [item for item in items if item["identifier"] in wanted]

    def pick_one(self, items: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Return the one chosen item. Raises RequestError."""
        chosen = self.pick(items)
        if len(chosen) != 1:
            raise impossible("identifiers", "only one can be chosen")
        return chosen[0]
