"""The service window and the citizen's rating."""
