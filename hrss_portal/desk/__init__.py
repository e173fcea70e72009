"""What officials see: lists, pages, forms, boards."""
