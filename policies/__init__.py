"""Policies that find the company."""
