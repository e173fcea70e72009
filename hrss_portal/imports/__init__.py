"""Sheets in and out: staging, cell-level messages, commit, receipt."""
