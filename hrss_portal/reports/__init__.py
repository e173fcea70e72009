"""Narrative reports with bound figures."""
