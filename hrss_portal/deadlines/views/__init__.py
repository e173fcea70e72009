"""Pages of the rules: lists, versions, changes by two people, the calendar, the calculation."""
