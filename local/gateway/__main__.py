"""`python -m local.gateway --port 4580 --state DIR [--config FILE]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from local.gateway.app import create_app
from local.gateway.config import Config
from local.gateway.gateway import Gateway
from local.web.program import run


def main() -> int:
    """Serve the gateway; see `run` for the exit codes."""
    parser = argparse.ArgumentParser(
        prog="python -m local.gateway", description="A simulated Apple gateway with its phones."
    )
    parser.add_argument("--port", type=int, default=4580, help="on 127.0.0.1, 0 takes a free one (default 4580)")
    parser.add_argument("--state", type=Path, required=True, help="folder for uploads, created if missing")
    parser.add_argument("--config", type=Path, help="JSON file; without it, PUT /control/config")
    arguments = parser.parse_args()
    return run(
        "Apple gateway",
        lambda: create_app(Gateway(_read(arguments.config), arguments.state)),
        port=arguments.port,
    )


def _read(path: Path | None) -> Config:
    return Config() if path is None else Config.model_validate_json(path.read_bytes())


if __name__ == "__main__":
    sys.exit(main())
