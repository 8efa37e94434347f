"""Satisfaction and awareness surveys. No model or page yet."""
