"""Windows across rooms for people who are signed in: the hub at a glance, the nation at a glance. No models."""
