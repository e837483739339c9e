"""JSON APIs for people and tests: requests read strictly, with errors that say how to mend them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError
from starlette.responses import JSONResponse

from local.web.bodies import BodyTooLargeError, read_body
from local.web.strict_json import parse_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

MAX_BODY_BYTES = 150_000_000
"""A 100 MB attachment in base64, and room for the rest."""
MAX_WAIT_SECONDS = 30


class RequestError(Exception):
    """A request that cannot be served. `fields` maps the path of a value to its problem."""

    def __init__(self, status: int, error: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.fields = dict(fields or {})

    def response(self) -> JSONResponse:
        """Answer with the error as JSON."""
        content: dict[str, Any] = {"error": self.error}
        if self.fields:
            content["fields"] = self.fields
        return JSONResponse(content, self.status)


async def read_object(request: Request) -> dict[str, Any]:
    """Read a JSON object; no body at all counts as an empty one. Raises RequestError."""
    try:
        body = await read_body(request, limit=MAX_BODY_BYTES)
        return parse_object(body) if body else {}
    except BodyTooLargeError as error:
        raise RequestError(413, f"Send less: {error}.") from error
    except ValueError as error:
        raise RequestError(400, f"Send one JSON object: {error}.") from error


def read_model[Model: BaseModel](model: type[Model], value: dict[str, Any]) -> Model:
    """Check an object against its model. Raises RequestError naming each field, and no value."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        fields = {_path(problem["loc"]): _problem(problem["type"], problem["msg"], model) for problem in error.errors()}
        raise RequestError(400, "Correct these fields and send the request again.", fields) from None


def _path(location: tuple[int | str, ...]) -> str:
    return (
        "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".") or "(whole body)"
    )


def _problem(kind: str, message: str, model: type[BaseModel]) -> str:
    if kind == "extra_forbidden":
        return f"is not a known field; there are {', '.join(model.model_fields)}"
    return message.removeprefix("Value error, ")


def whole_number(request: Request, name: str, *, default: int) -> int:
    """Read a query parameter that counts. Raises RequestError."""
    text = request.query_params.get(name, str(default))
    if not text.isascii() or not text.isdecimal():
        raise RequestError(400, f"Query parameter {name} must be a whole number, 0 or more.")
    return int(text)


def wait_seconds(request: Request) -> float:
    """Read how long a long poll may wait. Raises RequestError."""
    try:
        seconds = float(request.query_params.get("wait", "0"))
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= MAX_WAIT_SECONDS:
        raise RequestError(400, f"Query parameter wait must be a number of seconds from 0 to {MAX_WAIT_SECONDS}.")
    return seconds
