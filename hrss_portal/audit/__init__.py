"""Who changed, saw or was refused what; append-only and provable."""
