"""Work that runs outside a request; the rows are the queue."""
