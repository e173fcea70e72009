"""Labour inspection: wage arrears, inspections, random checks."""
