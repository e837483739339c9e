"""The rules in between, pure: identity, routing, retry schedule, states."""
