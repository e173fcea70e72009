"""Records and cases, the three verbs, clocks and reminders."""
