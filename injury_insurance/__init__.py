"""Work-injury insurance: enrolment and recognition."""
