"""`parley library`: templates out of files and into them, through the business API."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, urlencode

import typer

from local.console import expected_failures, say
from local.management import AsJson, Key, Url, api_of
from local.stack.errors import StackError

Name = Annotated[str, typer.Argument(metavar="NAME")]

library = typer.Typer(help="A business's library of templates.", no_args_is_help=True, rich_markup_mode=None)


@library.command("list")
def list_templates(*, api: Url = None, api_key: Key = None, as_json: AsJson = False) -> None:
    """All templates, by name."""
    with expected_failures():
        business, cursor = api_of(api, api_key), None
        while True:
            query = f"?{urlencode({'limit': 100, 'cursor': cursor})}" if cursor else "?limit=100"
            page = business.call("GET", f"/v1/library{query}")
            for each in page["data"]:
                _line(json.dumps(each) if as_json else _in_words(each))
            cursor = page.get("next_cursor")
            if cursor is None:
                return


@library.command("export")
def export_template(
    name: Name,
    *,
    version: Annotated[int | None, typer.Option(min=1, help="Without it the working copy.")] = None,
    api: Url = None,
    api_key: Key = None,
) -> None:
    """Write a template to stdout, with its pictures."""
    with expected_failures():
        query = f"?version={version}" if version is not None else ""
        _show(api_of(api, api_key).call("GET", f"{_path(name)}/export{query}"))


@library.command("import")
def import_templates(
    files: Annotated[list[Path] | None, typer.Argument(metavar="FILE", help="As export wrote them.")] = None,
    *,
    starter: Annotated[bool, typer.Option("--starter", help="The set that comes with Parley.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Replace working copies of the same name.")] = False,
    publish: Annotated[bool, typer.Option("--publish", help="Publish what was taken.")] = False,
    api: Url = None,
    api_key: Key = None,
) -> None:
    """Take templates from files, or the starter set."""
    with expected_failures():
        if not files and not starter:
            raise typer.BadParameter("Name a FILE, or say --starter.")
        business, wishes = api_of(api, api_key), {"replace": replace, "publish": publish}
        # One call for each: pictures travel inside, and what is wrong is told of one file.
        calls: list[dict[str, Any]] = [{"templates": [_read(path)]} for path in files or []]
        for call in [*calls, *([{"starter": True}] if starter else [])]:
            for each in business.call("POST", "/v1/library/import", call | wishes)["data"]:
                version = f", version {each['version']} is sent" if "version" in each else ""
                _line(f"{each['name']}  {each['outcome']}{version}")


@library.command("publish")
def publish_template(name: Name, *, api: Url = None, api_key: Key = None) -> None:
    """Make the working copy the version that is sent."""
    with expected_failures():
        made = api_of(api, api_key).call("POST", f"{_path(name)}/publish")
        say(f"Version {made['version']} of {name} is sent from now on.")


@library.command("preview")
def preview_template(
    name: Name,
    *,
    variables: Annotated[
        str | None, typer.Option("--variables", metavar="JSON", help="Without them the examples are shown.")
    ] = None,
    locale: Annotated[str | None, typer.Option(help="As a customer's: de_AT.")] = None,
    version: Annotated[int | None, typer.Option(min=1, help="Without it the working copy.")] = None,
    device: Annotated[
        str | None, typer.Option(metavar="TOKENS", help="What the device shows: LIST,QUICK. Without it every form.")
    ] = None,
    api: Url = None,
    api_key: Key = None,
) -> None:
    """Show what Apple would be sent, as JSON."""
    with expected_failures():
        asked: dict[str, Any] = {"locale": locale, "version": version}
        if variables is not None:
            asked["variables"] = _parsed(variables, "--variables")
        if device is not None:
            asked["capabilities"] = [token.strip().upper() for token in device.split(",") if token.strip()]
        wanted = {key: value for key, value in asked.items() if value is not None}
        _show(api_of(api, api_key).call("POST", f"{_path(name)}/preview", wanted))


def _in_words(template: dict[str, Any]) -> str:
    version = f"version {template['version']}" if "version" in template else "never published"
    ahead = ", changed since" if template["changed"] and "version" in template else ""
    return f"{template['name']}  {template['state']}  {version}{ahead}  {','.join(template['locales'])}"


def _path(name: str) -> str:
    return f"/v1/library/{quote(name, safe='')}"


def _read(path: Path) -> Any:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StackError(f"{path} cannot be read: {error}.") from error
    return _parsed(text, str(path))


def _parsed(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise StackError(f"{where} is no JSON: {error}.") from error


def _show(found: Any) -> None:
    _line(json.dumps(found, indent=2, ensure_ascii=False))


def _line(text: str) -> None:
    sys.stdout.write(text + "\n")
