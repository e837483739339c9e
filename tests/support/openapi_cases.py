"""What the OpenAPI document promises, tried out by schemathesis: cases for each operation, and what holds of answers.

The ids in cases are real ones every second time: learned from the answers before, wherever a resource names its own.
"""

from __future__ import annotations

import copy
import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from schemathesis import APIOperation, BaseSchema, Case, Response

    type Ask = Callable[[Case[Any]], Response]

_TRANSPORT: Final = re.compile(
    r"content-(type|length)|cache-control|connection|date|server|vary|x-amz(n|-).*|x-content-type-options|keep-alive"
)
"""Headers that every HTTP answer may have; all others are named in the document."""
_SHAPES: Final = {"required", "unknown_field", "unknown_type", "unknown_value", "wrong_type"}
"""Codes of what a JSON schema can say. What it allows is never refused for one of these."""

_FREE: Final = re.compile(
    r"/fallback/|(/template|/templates/\d+)?/bodies/|/((greeting(/welcome_back)?|away)/messages|triggers/\w+/answer)/[^/]+/"
)
"""Messages inside a request: the schema takes any object there, for it is checked when a template is published, or as
channel settings are put: by the kind of message it says it is."""


def loaded(document: Mapping[str, Any]) -> BaseSchema:
    """The document, with answers that may hold nothing it does not name."""
    closed = copy.deepcopy(dict(document))
    for name in _answered(closed):
        shape = closed["components"]["schemas"][name]
        if "properties" in shape:
            shape.setdefault("additionalProperties", False)
    # API Gateway knows no 405: what it has no route for is its 404, which `test_a_method_nobody_has` looks at.
    refused = {"expected-statuses": [400, 401, 403, 404, 406, 409, 412, 413, 415, 422, 429]}
    checks = {"unsupported_method": {"enabled": False}, "negative_data_rejection": refused}
    config = schemathesis.Config.from_dict({"checks": checks})
    return schemathesis.openapi.from_dict(closed, config=config)


def _answered(document: dict[str, Any]) -> set[str]:
    """The schemas that stand in answers and in no request."""
    found = _reached(document, [each["responses"] for each in _operations(document)])
    found |= _reached(document, [document["components"]["responses"]])
    return found - _reached(document, [each.get("requestBody", {}) for each in _operations(document)])


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in document["paths"].values():
        yield from methods.values()


def _reached(document: dict[str, Any], roots: list[Any]) -> set[str]:
    found: set[str] = set()
    while roots:
        names = set(re.findall(r'"\$ref": "#/components/schemas/(\w+)"', json.dumps(roots.pop()))) - found
        found |= names
        roots += [document["components"]["schemas"][name] for name in names]
    return found


@dataclass
class Known:
    """Real ids, by what a body or a query calls them and by the path they stand in."""

    names: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """`endpoint_id` → ids."""
    paths: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """`/v1/endpoints/{endpoint_id}` → ids; of a path that goes on, its beginning."""

    def learn(self, templates: list[str], location: str) -> None:
        """From `Location`, or any path of one thing that exists."""
        for template in templates:
            if not template.endswith("}"):
                continue
            found = re.fullmatch(re.sub(r"\\{\w+\\}", "([^/]+)", re.escape(template)), location)
            one = unquote(found.groups()[-1]) if found else None
            if one is not None and one not in self.paths[template]:
                self.paths[template].append(one)
                resource, name = template.split("/")[-2:]
                if name == "{name}":
                    continue  # who makes a thing gives it a name that nothing has yet
                self.names[f"{resource.removesuffix('s')}_id" if name == "{id}" else name[1:-1]].append(one)

    def fill(self, case: Case[Any]) -> None:
        """Real ids in the place of made-up ones, wherever one is known and nothing is meant to be wrong."""
        if _is_good(case, ParameterLocation.PATH):
            path = str(case.path)
            for name in case.path_parameters:
                if known := self.paths.get(path[: path.index(f"{{{name}}}")] + f"{{{name}}}"):
                    case.path_parameters[name] = known[-1]
        if case.query and _is_good(case, ParameterLocation.QUERY):
            case.query = self._filled(case.query)
        if isinstance(case.body, (dict, list)) and _is_good(case, ParameterLocation.BODY):
            case.body = self._filled(case.body)

    def _filled(self, value: Any, within: str = "") -> Any:
        if isinstance(value, list):
            return [self._filled(each, within) for each in value]
        if not isinstance(value, dict):
            return value
        return {name: self._real(name, within, each) for name, each in value.items()}

    def _real(self, name: str, within: str, value: Any) -> Any:
        known = self.names.get(f"{within.removesuffix('s')}_id" if name == "id" else name)
        if known and isinstance(value, str) and not value.startswith("tel:"):  # whom no customer's id stands for
            return known[-1]
        return self._filled(value, name)


@dataclass
class Examination:
    """One operation after the other. `ask` makes the call a case stands for, with a good key."""

    schema: BaseSchema
    ask: Ask
    known: Known = field(default_factory=Known)
    real_every: int = 2
    """Of so many made-up cases one gets real ids."""
    statuses: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    faults: list[str] = field(default_factory=list)
    _asked: int = 0

    @property
    def operations(self) -> list[APIOperation[Any, Any, Any, Any]]:
        """Of the whole document, in its order."""
        return [each.ok() for each in self.schema.get_all_operations() if isinstance(each, Ok)]

    def settle(self) -> None:
        """Make one of everything that can be made, by the document's own examples."""
        for operation in reversed(self.operations):
            if operation.method.upper() == "POST" and "{" not in operation.path:
                self.examples(operation, most=2)
            elif operation.method.upper() == "GET" and "{" not in operation.path:
                self._try(operation.Case(method="GET"))

    def examples(self, operation: APIOperation[Any, Any, Any, Any], *, most: int = 20) -> None:
        """The examples that the document shows, with real ids in them."""
        shown = documented_bodies(operation)[:most]
        if not shown and operation.definition.raw.get("requestBody", {}).get("required"):
            self._draw(operation, GenerationMode.POSITIVE, most)
            return
        for body in shown or [None]:
            case = operation.Case(body=copy.deepcopy(body)) if body is not None else operation.Case()
            for name in [each.name for each in operation.path_parameters]:
                case.path_parameters[name] = "unknown"
            self.known.fill(case)
            if "unknown" not in case.path_parameters.values():
                self._try(case)

    def made_up(self, operation: APIOperation[Any, Any, Any, Any], *, drawn: int, covered: int | None = None) -> None:
        """`drawn` good and as many bad ones; and one of each kind of value and fault, at most `covered`."""
        for mode in GenerationMode:
            self._draw(operation, mode, drawn)
        if covered == 0:
            return  # it takes seconds to make them all up
        cases = self.schema.iter_coverage_cases(
            operation, generation_modes=list(GenerationMode), generation_config=self.schema.config.generation
        )
        found = list(cases)
        step = 1 if covered is None else max(1, len(found) // covered)
        for case in found[::step]:
            self._try_once_real(case)

    def _draw(self, operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode, drawn: int) -> None:
        @settings(
            max_examples=drawn,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def draw(case: Case[Any]) -> None:
            self._try_once_real(case)

        draw()

    def _try_once_real(self, case: Case[Any]) -> None:
        good = case.meta is not None and case.meta.generation.mode.is_positive
        self._asked += 1
        if self._asked % self.real_every == 0:
            self.known.fill(case)
        self._try(case, good=good)

    def _try(self, case: Case[Any], *, good: bool = True) -> None:
        label = case.operation.label
        response = self.ask(case)
        self.statuses[label][response.status_code] += 1
        self._learn(case, response)
        try:
            case.validate_response(
                response,
                headers=dict(response.request.headers),
                additional_checks=[headers_are_documented, *([not_refused_for_its_shape] if good else [])],
                excluded_checks=[positive_data_acceptance],
            )
        except FailureGroup as group:
            came = f"{response.status_code} {response.content[:500]!r} for {case.as_curl_command()[:2000]}"
            self.faults += [f"{label}: {type(each).__name__}: {each}: {came}" for each in group.exceptions]

    def _learn(self, case: Case[Any], response: Response) -> None:
        if response.status_code not in {200, 201, 202} or not response.content:
            return
        templates = list(self.schema)
        for location in response.headers.get("location", []):
            self.known.learn(templates, location)
        if response.request.method == "GET" and "{" not in case.path:
            for each in json.loads(response.content).get("data", []):
                for template in templates:
                    name = template.removeprefix(f"{case.path}/")
                    if re.fullmatch(r"\{\w+\}", name) and (found := each.get(name[1:-1], each.get("id"))):
                        self.known.learn([template], f"{case.path}/{found}")


def _is_good(case: Case[Any], location: ParameterLocation) -> bool:
    component = None if case.meta is None else case.meta.components.get(location)
    return component is None or component.mode.is_positive


def accepted(case: Case[Any]) -> dict[str, str]:
    """The `Accept` of somebody who knows what comes: API Gateway hands out bytes to nobody else."""
    good = [answer for status, answer in case.operation.definition.raw["responses"].items() if status.startswith("2")]
    kinds = [kind for answer in good for kind in answer.get("content", {}) if kind != "application/json"]
    return {"Accept": ", ".join(kinds)} if kinds else {}


def documented_bodies(operation: APIOperation[Any, Any, Any, Any]) -> list[Any]:
    """The `examples` of its request body."""
    body: dict[str, Any] = operation.definition.raw.get("requestBody", {"content": {"": {}}})
    (content,) = body["content"].values()
    return [each["value"] for each in content.get("examples", {}).values()]


def headers_are_documented(_context: Any, response: Response, case: Case[Any]) -> None:
    """Whatever an answer carries in its headers has a line in the document."""
    described = case.operation.responses.find_by_status_code(response.status_code)
    named = {name.lower() for name, _ in described.headers.items()} if described is not None else set()
    unnamed = [name for name in response.headers if name not in named and not _TRANSPORT.fullmatch(name)]
    assert not unnamed, f"{response.status_code} came with {unnamed}, which the document does not name"


def not_refused_for_its_shape(_context: Any, response: Response, case: Case[Any]) -> None:
    """What the document allows may be refused for what it means, and the fault says so by its code."""
    if case.meta is not None and any(each.mode.is_negative for each in case.meta.components.values()):
        return  # an id that was put in its place made it a bad one, or no good header could be made up
    assert response.status_code not in {400, 413, 415}, f"a good request was answered {response.content!r}"
    if response.status_code == 422:
        faults = [each for each in json.loads(response.content)["errors"] if not _FREE.match(each["path"])]
        assert not (wrong := [each for each in faults if each["code"] in _SHAPES]), f"the document allows {wrong}"
