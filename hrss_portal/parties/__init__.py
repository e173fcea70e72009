"""One Person and one Employer for all areas."""
