"""Settings, logging, body reading, batches, and the composition that wires it all."""
