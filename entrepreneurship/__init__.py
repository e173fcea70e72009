"""Entrepreneurship: guarantee loans and start-up training."""
