"""What Apple specifies: wire forms, limits, tokens, the gateway client."""
