"""Commands of ``documents``."""
