"""Professional titles and talent."""
