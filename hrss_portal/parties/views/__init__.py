"""Pages of the master files: lists, entry, the 360 page, reveals, merges, restrictions."""
