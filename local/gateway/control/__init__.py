"""The control API: JSON, no authorisation, for this machine only."""

from local.gateway.control.routes import Control

__all__ = ["Control"]
