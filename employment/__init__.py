"""Employment: named help, fairs, matching, training."""
