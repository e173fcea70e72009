"""Figures as queries, each opening to its rows."""
