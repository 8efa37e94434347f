"""Public pages, error pages, probes and the API's root. No models."""
