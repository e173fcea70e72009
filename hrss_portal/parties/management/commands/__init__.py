"""Commands of ``parties``."""
