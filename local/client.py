"""Writes the generated half of client/parley_client: `python -m local.client`.

Every operation becomes a method and every shape a TypedDict, from the same description docs/api/openapi.json is
written from.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from keyword import iskeyword
from pathlib import Path
from typing import Any, Final

from parley.business.openapi import document

FOLDER: Final = Path(__file__).parents[1] / "client/parley_client"
_SCHEMAS: Final = "#/components/schemas/"
_PLAIN: Final = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
_MADE: Final = "Made by `python -m local.client` from the API's description."


def files() -> dict[Path, str]:
    """What each generated file has to hold."""
    described = document()
    return {
        FOLDER / "types.py": _formatted(_types(described)),
        FOLDER / "operations.py": _formatted(_operations(described)),
    }


def write() -> None:
    """Bring them up to date."""
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")


def snake(name: str) -> str:
    """`rotateEndpointSecret` as Python writes it."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def turning(name: str) -> str:
    """The iterator over all pages of `list_deliveries`: `iter_deliveries`."""
    return re.sub("^(list_|get_)?", "iter_", name)


# --- shapes -------------------------------------------------------------------------------------------


def _types(described: dict[str, Any]) -> str:
    schemas = described["components"]["schemas"]
    names = sorted(_reachable(described))
    shapes = "\n\n".join(_shape(_name(name), schemas[name]) for name in names)
    return (
        f'"""What the API takes and gives. {_MADE}"""\n\nfrom __future__ import annotations\n\n'
        f"from typing import Any, Literal, NotRequired, TypedDict\n\n{shapes}\n"
    )


def _reachable(described: dict[str, Any]) -> set[str]:
    """Everything a body, a parameter or a good answer is made of."""
    found: set[str] = set()
    pending = [
        shape
        for _, _, operation in _each(described)
        for shape in (_body(operation), _answer(operation)[1], *operation.get("parameters", ()))
        if shape
    ]
    while pending:
        named = re.findall(rf'"{re.escape(_SCHEMAS)}([^"]+)"', json.dumps(pending.pop()))
        fresh = set(named) - found
        found |= fresh
        pending += [described["components"]["schemas"][name] for name in fresh]
    return found


def _shape(name: str, schema: dict[str, Any]) -> str:
    if "properties" not in schema:
        return f"type {name} = {_expression(schema)}"
    required = set(schema.get("required", ()))
    fields = {
        field: _expression(shape) if field in required else f"NotRequired[{_expression(shape)}]"
        for field, shape in schema["properties"].items()
    }
    if all(field.isidentifier() and not iskeyword(field) for field in fields):
        lines = "".join(f"    {field}: {kind}\n" for field, kind in fields.items())
        return f"class {name}(TypedDict):\n    {_docstring(schema.get('description', name))}\n\n{lines}"
    inner = ", ".join(f'"{field}": "{kind}"' for field, kind in fields.items())
    return f'{name} = TypedDict("{name}", {{{inner}}})'


def _expression(schema: dict[str, Any]) -> str:  # noqa: PLR0911  (one line for each form a schema has)
    if "$ref" in schema:
        return _name(schema["$ref"].removeprefix(_SCHEMAS))
    if "const" in schema:
        return f"Literal[{schema['const']!r}]"
    if "enum" in schema:
        return f"Literal[{', '.join(repr(value) for value in schema['enum'])}]"
    branches = schema.get("anyOf") or schema.get("oneOf")
    if branches and "properties" not in schema:
        return " | ".join(dict.fromkeys(_expression(branch) for branch in branches))
    match schema.get("type"):
        case "array":
            return f"list[{_expression(schema.get('items', {}))}]"
        case "object":
            values = schema.get("additionalProperties")
            return f"dict[str, {_expression(values) if isinstance(values, dict) else 'Any'}]"
        case str(kind):
            return _PLAIN[kind]
        case _:
            return "Any"


def _name(schema: str) -> str:
    *modules, name = schema.split("__")  # two shapes of one name are told apart by their modules
    return re.sub(r"\W", "_", (modules[-1].title().replace("_", "") if modules else "") + name)


# --- operations ---------------------------------------------------------------------------------------


def _operations(described: dict[str, Any]) -> str:
    methods = "\n".join(_method(*each, described) for each in _each(described))
    used = sorted(name for name in map(_name, _reachable(described)) if re.search(rf"\b{name}\b", methods))
    return (
        f'"""Every operation of the API. {_MADE}"""\n\nfrom __future__ import annotations\n\n'
        "from typing import TYPE_CHECKING, Any, Literal\n\n"
        "from parley_client.transport import Reply, Transport, new_key, step\n\n"
        "if TYPE_CHECKING:\n    from collections.abc import Iterator\n\n"
        f"    from parley_client.types import {', '.join(used)}\n\n"
        f'class Operations(Transport):\n    """One method each; all raise ProblemError."""\n\n{methods}'
    )


def _each(described: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method.upper(), operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]


def _body(operation: dict[str, Any]) -> dict[str, Any] | None:
    content = operation.get("requestBody", {}).get("content", {})
    found: dict[str, Any] | None = content.get("application/json", {}).get("schema")
    return found


def _answer(operation: dict[str, Any]) -> tuple[str | None, dict[str, Any] | None]:
    """The media type and the schema of the good answer that has content."""
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            for media, content in answer.get("content", {}).items():
                return media, content.get("schema", {})
    return None, None


def _method(path: str, method: str, operation: dict[str, Any], described: dict[str, Any]) -> str:
    name, (media, answer), body = snake(operation["operationId"]), _answer(operation), _body(operation)
    parameters = operation.get("parameters", [])
    steps = {each["name"]: _argument(path, each["name"]) for each in parameters if each["in"] == "path"}
    query = {each["name"]: _expression(each["schema"]) for each in parameters if each["in"] == "query"}
    headers = {each["name"] for each in parameters if each["in"] == "header"}

    taken = [f"{argument}: str" for argument in steps.values()]
    optional = body is not None and not operation["requestBody"]["required"]
    if body is not None:
        taken.append(f"body: {_expression(body)}{' | None = None' if optional else ''}")
    named = [f"{_safe(each)}: {kind} | None = None" for each, kind in query.items()]
    named += ["idempotency_key: str | None = None"] if "Idempotency-Key" in headers else []
    named += ["if_match: str | None = None"] if "If-Match" in headers else []

    target = re.sub(r"\{(\w+)\}", lambda found: f"{{step({steps[found[1]]})}}", path)
    given = [f'"{method}"', f'f"{target}"' if steps else f'"{target}"']
    given += ["body=body"] if body is not None else []
    given += [f"query={{{', '.join(f'"{each}": {_safe(each)}' for each in query)}}}"] if query else []
    given += ["key=idempotency_key or new_key()"] if "Idempotency-Key" in headers else []
    given += ["if_match=if_match"] if "If-Match" in headers else []
    given += [f'accept="{media}"'] if media not in {None, "application/json"} else []

    gives = "None" if media is None else _expression(answer or {}) if media == "application/json" else "bytes"
    signature = ", ".join(["self", *taken, *(["*", *named] if named else [])])
    written = (
        f"    def {name}({signature}) -> Reply[{gives}]:\n        {_docstring(_words(operation))}\n"
        f"        return self._call({', '.join(given)})\n"
    )
    item = _item(answer, described)
    if "cursor" not in query or item is None:
        return written
    return written + _turned(
        name, item, list(steps.values()), {each: kind for each, kind in query.items() if each != "cursor"}
    )


def _turned(name: str, item: str, steps: list[str], query: dict[str, str]) -> str:
    """The iterator beside a list."""
    named = [f"{_safe(each)}: {kind} | None = None" for each, kind in query.items()]
    signature = ", ".join(["self", *(f"{argument}: str" for argument in steps), *(["*", *named] if named else [])])
    given = ", ".join([*steps, *(f"{_safe(each)}={_safe(each)}" for each in query), "cursor=cursor"])
    return (
        f"\n    def {turning(name)}({signature}) -> Iterator[{item}]:\n"
        f'        """Every entry of `{name}`, page by page."""\n'
        f"        cursor: str | None = None\n        while True:\n            page = self.{name}({given}).data\n"
        '            yield from page["data"]\n            cursor = page.get("next_cursor")\n'
        "            if cursor is None:\n                return\n"
    )


def _item(answer: dict[str, Any] | None, described: dict[str, Any]) -> str | None:
    """What a page is a list of; None when the answer is no page."""
    if answer is None or "$ref" not in answer:
        return None
    fields = described["components"]["schemas"][answer["$ref"].removeprefix(_SCHEMAS)].get("properties", {})
    return _expression(fields["data"]["items"]) if {"data", "next_cursor"} <= fields.keys() else None


def _argument(path: str, name: str) -> str:
    """`id` of `/v1/messages/{id}` is `message_id` to a caller."""
    if name != "id":
        return name
    steps = path.split("/")
    return f"{steps[steps.index('{id}') - 1].removesuffix('s').replace('-', '_')}_id"


def _safe(name: str) -> str:
    """A parameter's name as an argument."""
    plain = re.sub(r"\W", "_", name)
    return f"{plain}_" if iskeyword(plain) or plain in {"id", "type", "format", "filter"} else plain


def _words(operation: dict[str, Any]) -> str:
    summary: str = operation["summary"]
    return f"{summary}." + (f"\n\n{operation['description']}" if "description" in operation else "")


def _docstring(text: str) -> str:
    """Wrapped, and safe between triple quotes."""
    first, _, rest = text.replace("\\", "\\\\").replace('"""', "'''").partition("\n\n")
    if not rest:
        return f'"""{first}"""' if len(first) < 100 else f'"""{_wrapped(first)}\n    """'
    return f'"""{first}\n\n        {_wrapped(rest, 8)}\n        """'


def _wrapped(text: str, indent: int = 4) -> str:
    import textwrap

    return f"\n{' ' * indent}".join(textwrap.wrap(text, 108))


def _formatted(text: str) -> str:
    """As ruff writes it. Sorted imports, wrapped lines."""
    ruff = [str(Path(sys.executable).parent / "ruff")]
    name = ["--stdin-filename", str(FOLDER / "made.py")]
    for words in (["check", "--select", "F401,I", "--fix", "--quiet"], ["format", "--quiet"]):
        text = subprocess.run(
            [*ruff, *words, *name, "-"], input=text, capture_output=True, text=True, check=True
        ).stdout
    return text


if __name__ == "__main__":
    write()
