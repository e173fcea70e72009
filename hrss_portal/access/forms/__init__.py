"""Forms of log-in and administration."""
