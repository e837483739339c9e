"""JSON as a strict reader takes it: UTF-8, one object, no NaN, no broken Unicode."""

from __future__ import annotations

import json
from typing import Any, NoReturn


def parse_object(body: bytes) -> dict[str, Any]:
    """Read one JSON object. Raises ValueError with a text that never quotes the body."""
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
        # "\ud800" alone passes the parser but is no text: nothing could be shown or sent on.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeDecodeError:
        raise ValueError("the body is not UTF-8") from None
    except UnicodeEncodeError:
        raise ValueError("the body contains half of a surrogate pair") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"the body is not JSON ({error.msg} at character {error.pos})") from None
    except RecursionError:
        raise ValueError("the body is nested too deeply") from None
    except ValueError as error:
        raise ValueError(f"the body is not JSON ({error})") from None
    if not isinstance(value, dict):
        raise ValueError("the body is not a JSON object")  # noqa: TRY004 - one kind of error for callers
    return value


def compact(value: Any) -> bytes:
    """Write JSON without spaces: the form whose length counts."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")
