"""Opt-in measurements: ``pytest -m bench tests/bench``."""
