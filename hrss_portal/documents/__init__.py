"""Files, papers from docx templates, gap-free number series."""
