"""Legal rules as dated rows, the working calendar, and pure due-date arithmetic."""
