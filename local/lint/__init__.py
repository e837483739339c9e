"""`parley lint`: what the server would say of a message, without a server."""

from local.lint.judge import faults_of
from local.lint.report import lint

__all__ = ["faults_of", "lint"]
