"""Base classes of the API."""
