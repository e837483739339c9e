"""What a business sees: API models, webhooks and their signatures, the egress guard."""
