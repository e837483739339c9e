"""`parley trigger`: any message of `events/messages/`, sent through the running local stack."""

from local.trigger.fixtures import Direction, Fixture, catalogue, select
from local.trigger.running import Stack, find
from local.trigger.sending import Outcome, run, send

__all__ = ["Direction", "Fixture", "Outcome", "Stack", "catalogue", "find", "run", "select", "send"]
