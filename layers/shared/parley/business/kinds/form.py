"""A form of several pages (protocol/05)."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from parley.business.kinds.base import Build, Mapped, Strict, present
from parley.business.kinds.bubbles import ImageRef, WithBubble

if TYPE_CHECKING:
    from collections.abc import Sequence


class _Page(Strict):
    """What every page has. `question` is what is asked; without `next` the page is the last one."""

    identifier: str
    title: str | None = None
    question: str
    next: str | None = None
    submit: bool | None = None

    def wire(self, build: Build, at: str, path: str) -> dict[str, Any]:
        """The page as Apple spells it, and the way back for its pointers."""
        build.paths |= {
            at: path,
            f"{at}/pageIdentifier": f"{path}/identifier",
            f"{at}/subtitle": f"{path}/question",
            f"{at}/nextPageIdentifier": f"{path}/next",
            f"{at}/submitForm": f"{path}/submit",
        }
        return present(
            pageIdentifier=self.identifier,
            title=self.title,
            subtitle=self.question,
            nextPageIdentifier=self.next,
            submitForm=self.submit,
            **self.special(build, at, path),
        )

    @abstractmethod
    def special(self, build: Build, at: str, path: str) -> dict[str, Any]:
        """What only this type of page has, its `type` included."""


class Choice(Strict):
    """One answer of a wheel. `value` is the machine's word for it, the identifier when left out."""

    identifier: str
    title: str
    value: str | None = None


class BranchingChoice(Choice):
    """One answer of a list; `next` leads on from this answer, when only one may be taken."""

    image: ImageRef | None = None
    next: str | None = None


class SelectPage(_Page):
    """Answers to tap, one or (`multiple`) several."""

    type: Literal["select"]
    multiple: bool = False
    items: list[BranchingChoice]

    def special(self, build: Build, at: str, path: str) -> dict[str, Any]:
        """`multipleSelection` and `items`."""
        build.paths[f"{at}/multipleSelection"] = f"{path}/multiple"
        items = []
        _lead_values_back(self.items, build, at, path)
        for number, item in enumerate(self.items):
            build.paths |= {
                f"{at}/items/{number}/imageIdentifier": f"{path}/items/{number}/image",
                f"{at}/items/{number}/nextPageIdentifier": f"{path}/items/{number}/next",
            }
            image = build.image(item.image, f"{path}/items/{number}/image") if item.image else None
            items.append(_choice(item) | present(imageIdentifier=image, nextPageIdentifier=item.next))
        return {"type": "select", "multipleSelection": self.multiple, "items": items}


class WheelPage(_Page):
    """A wheel; `selected` is the index it starts at."""

    type: Literal["wheel"]
    label: str | None = None
    selected: int | None = None
    items: list[Choice]

    def special(self, build: Build, at: str, path: str) -> dict[str, Any]:
        """`picker` in Apple's words."""
        build.paths |= {f"{at}/pickerTitle": f"{path}/label", f"{at}/selectedItemIndex": f"{path}/selected"}
        _lead_values_back(self.items, build, at, path)
        return present(
            type="picker",
            pickerTitle=self.label,
            selectedItemIndex=self.selected,
            items=[_choice(item) for item in self.items],
        )


class DatePage(_Page):
    """A date. The dates are written as `format` says (MM/dd/yyyy unless given); without `maximum` today is the last."""

    type: Literal["date"]
    hint: str | None = None
    format: str | None = None
    start: str | None = None
    minimum: str | None = None
    maximum: str | None = None
    label: str | None = None

    def special(self, build: Build, at: str, path: str) -> dict[str, Any]:
        """`datePicker` with its options."""
        names = {"format": "dateFormat", "start": "startDate", "minimum": "minimumDate", "maximum": "maximumDate"}
        return _with_options(self, build, at, path, kind="datePicker", names=names | {"label": "labelText"})


class InputPage(_Page):
    """Text to type. `pattern` is a regular expression the answer has to match."""

    type: Literal["input"]
    hint: str | None = None
    multiline: bool = False
    required: bool | None = None
    placeholder: str | None = None
    label: str | None = None
    prefix: str | None = None
    max_length: int | None = None
    pattern: str | None = None
    keyboard: str | None = None
    content_type: str | None = None

    def special(self, build: Build, at: str, path: str) -> dict[str, Any]:
        """`input` with its options."""
        names = {
            "required": "required",
            "placeholder": "placeholder",
            "label": "labelText",
            "prefix": "prefixText",
            "max_length": "maximumCharacterCount",
            "pattern": "regex",
            "keyboard": "keyboardType",
            "content_type": "textContentType",
        }
        page = _with_options(self, build, at, path, kind="input", names=names)
        page.setdefault("options", {})["inputType"] = "multiline" if self.multiline else "singleline"
        return page


class Splash(Strict):
    """A page of welcome before the first question."""

    header: str | None = None
    text: str | None = None
    button: str
    image: ImageRef | None = None


type Page = Annotated[SelectPage | WheelPage | DatePage | InputPage, Field(discriminator="type")]


class Form(WithBubble):
    """Questions on several pages. It begins at `start`, the first page unless given."""

    type: Literal["form"]
    pages: list[Page]
    start: str | None = None
    splash: Splash | None = None
    show_summary: bool = False
    private: bool = False

    def to_apple(self, build: Build) -> Mapped:
        """`data.dynamic` with the template `messageForms`; `private` stands where the live MSP has it."""
        level = "/interactiveData/data/dynamic/data"
        build.paths |= {
            "/interactiveData/data/dynamic": "",
            level: "",
            f"{level}/startPageIdentifier": "/start" if self.start is not None else "/pages/0/identifier",
            f"{level}/showSummary": "/show_summary",
            f"{level}/splash/splashtext": "/splash/text",
            f"{level}/splash/buttonTitle": "/splash/button",
            f"{level}/splash/imageIdentifier": "/splash/image",
        }
        pages = [
            page.wire(build, f"{level}/pages/{number}", f"/pages/{number}") for number, page in enumerate(self.pages)
        ]
        first = self.pages[0].identifier if self.pages else ""
        content = present(
            startPageIdentifier=self.start if self.start is not None else first,
            showSummary=self.show_summary,
            private=self.private,
            splash=self._splash(build),
            pages=pages,
        )
        dynamic = {"version": "1.2", "template": "messageForms", "data": content}
        return build.interactive("dynamic", dynamic, self.bubbles(build))

    def _splash(self, build: Build) -> dict[str, Any] | None:
        if self.splash is None:
            return None
        return present(
            header=self.splash.header,
            splashtext=self.splash.text,
            buttonTitle=self.splash.button,
            imageIdentifier=build.image(self.splash.image, "/splash/image") if self.splash.image else None,
        )


def _choice(item: Choice) -> dict[str, Any]:
    value = item.value if item.value is not None else item.identifier
    return {"identifier": item.identifier, "title": item.title, "value": value}


def _lead_values_back(items: Sequence[Choice], build: Build, at: str, path: str) -> None:
    """A value that was left out is the identifier, so what is wrong with it is wrong there."""
    for number, item in enumerate(items):
        if item.value is None:
            build.paths[f"{at}/items/{number}/value"] = f"{path}/items/{number}/identifier"


def _with_options(
    page: DatePage | InputPage, build: Build, at: str, path: str, *, kind: str, names: dict[str, str]
) -> dict[str, Any]:
    build.paths |= {f"{at}/options/{wire}": f"{path}/{ours}" for ours, wire in names.items()}
    build.paths |= {f"{at}/hintText": f"{path}/hint", f"{at}/options": path}
    options = {wire: value for ours, wire in names.items() if (value := getattr(page, ours)) is not None}
    return present(type=kind, hintText=page.hint, options=options or None)
