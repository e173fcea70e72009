"""Commands of ``jobs``."""
