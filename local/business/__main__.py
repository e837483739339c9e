"""`python -m local.business --port 4590 --config FILE [--state DIR]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from local.business.app import Business
from local.business.config import Config
from local.business.echo import Echo
from local.business.inbox import Inbox
from local.web.program import run

if TYPE_CHECKING:
    from starlette.applications import Starlette


def main() -> int:
    """Serve the demo business; see `run` for the exit codes."""
    parser = argparse.ArgumentParser(
        prog="python -m local.business", description="A demo business that records webhooks and echoes texts."
    )
    parser.add_argument("--port", type=int, default=4590, help="on 127.0.0.1, 0 takes a free one (default 4590)")
    parser.add_argument("--config", type=Path, required=True, help="JSON file")
    parser.add_argument("--state", type=Path, help="folder for webhooks.jsonl (default: the folder of --config)")
    arguments = parser.parse_args()
    folder = arguments.state or arguments.config.parent
    return run("Demo business", lambda: _build(arguments.config, folder), port=arguments.port)


def _build(config_file: Path, folder: Path) -> Starlette:
    config = Config.model_validate_json(config_file.read_bytes())
    inbox = Inbox(folder / "webhooks.jsonl")
    return Business(config, inbox, Echo(config, inbox)).app()


if __name__ == "__main__":
    sys.exit(main())
