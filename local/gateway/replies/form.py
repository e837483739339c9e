"""Filling a form in (protocol/05 §5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

from local.gateway.kinds import dictionary
from local.gateway.replies.answer import Answer, frame, impossible
from local.gateway.replies.form_pages import fill_page

if TYPE_CHECKING:
    from local.gateway.replies.answer import Asked
    from local.gateway.replies.form_pages import Value


class FormAnswer(Answer):
    """What is entered on each page the customer comes to."""

    answers: dict[str, str | list[str]] = Field(default={}, repr=False)
    """By page identifier: an item's value, identifier or title, several of them in a list, a day (`2027-03-12` or
    in the page's format), or a text. Wheels, days and optional texts may be left as they are."""

    def reply(self, asked: Asked) -> dict[str, Any]:
        """The visited pages, in the order of the visit."""
        content = asked.content
        form = content["data"]
        selections = self._walk(form, asked)
        unused = sorted(self.answers.keys() - {page["pageIdentifier"] for page in selections})
        if unused:
            raise impossible(f"answers.{unused[0]}", "these answers do not lead to this page, or there is no such page")
        dynamic = {
            "version": content["version"],
            "template": content["template"],
            "private": is_private(content),
            "selections": selections,
        }
        return frame(asked, dynamic, asked.title)

    def _walk(self, form: dict[str, Any], asked: Asked) -> list[dict[str, Any]]:
        pages = {page["pageIdentifier"]: page for page in form["pages"]}
        selections: list[dict[str, Any]] = []
        visited: set[str] = set()
        following: str | None = form["startPageIdentifier"]
        while following is not None:
            if following in visited:
                raise impossible(f"answers.{following}", "these answers lead in a circle")
            visited.add(following)
            page = pages[following]
            given: Value = self.answers.get(following)
            items, following = fill_page(page, given, asked)
            texts = {key: page[key] for key in ("title", "subtitle") if key in page}
            selections.append({"pageIdentifier": page["pageIdentifier"], **texts, "items": items})
        return selections


def is_private(content: dict[str, Any]) -> bool:
    """Tell whether the answers are to be treated as private, wherever the request says so."""
    return bool(content.get("private") or dictionary(content.get("data")).get("private"))
