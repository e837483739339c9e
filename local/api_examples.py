"""Examples for the OpenAPI document: those of the pages of docs/api, which tests execute, and the ready messages."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

_ROOT: Final = Path(__file__).parents[1]
_PAGES: Final = _ROOT / "docs/api"
_MESSAGES: Final = _ROOT / "events/messages/outbound"
_HEADING: Final = re.compile(r"^#+ (.+)$", re.MULTILINE)
_CALL: Final = re.compile(
    r"```http\n(?P<method>[A-Z]+) (?P<target>/\S+)(?:\n[\w-]+: [^\n]*)*(?:\n\n(?P<body>\{.*?))?\n```"
    r"(?:\n\n<!-- reply (?P<status>\d+) -->\n```json\n(?P<reply>.*?)```)?",
    re.DOTALL,
)
_CURL: Final = re.compile(
    r'```sh\ncurl -s "\$API(?P<target>/[^"]*)"[^\']*(?:-H \'[^\']*\'[^\']*?)*-d \'(?P<body>\{.*?\})\'', re.DOTALL
)


def add_to(document: dict[str, Any]) -> None:
    """Put the examples where they belong: requests by the heading above them, answers likewise."""
    for page in sorted(_PAGES.glob("*.md")):
        text = page.read_text(encoding="utf-8")
        for found in _CALL.finditer(text):
            operation = _operation(document, found["method"], found["target"])
            title = _HEADING.findall(text, 0, found.start())[-1]
            if found["body"]:
                _note(operation["requestBody"], title, json.loads(found["body"]))
            if found["reply"]:
                _note(operation["responses"][found["status"]], title, json.loads(found["reply"]))
        for found in _CURL.finditer(text):
            title = _HEADING.findall(text, 0, found.start())[-1]
            _note(_operation(document, "POST", found["target"])["requestBody"], title, json.loads(found["body"]))
    for path in sorted(_MESSAGES.glob("*-minimal.json")):
        send = _operation(document, "POST", "/v1/messages")["requestBody"]
        _note(send, path.stem.removesuffix("-minimal").replace("-", " "), json.loads(path.read_text(encoding="utf-8")))


def _operation(document: dict[str, Any], method: str, target: str) -> dict[str, Any]:
    """Raises KeyError for a call of a page that the API does not have."""
    path = target.partition("?")[0]
    for template in sorted(document["paths"], key=lambda each: each.count("{")):
        pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path) and method.lower() in document["paths"][template]:
            found: dict[str, Any] = document["paths"][template][method.lower()]
            return found
    raise KeyError(f"{method} {path}")


def _note(place: dict[str, Any], title: str, value: Any) -> None:
    (content,) = place["content"].values()
    examples: dict[str, Any] = content.setdefault("examples", {})
    name = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    free = next(
        f"{name}{suffix}" for suffix in ("", *(f"-{n}" for n in range(2, 100))) if f"{name}{suffix}" not in examples
    )
    examples[free] = {"summary": title, "value": value}
