"""Template tags of the desk, built into every template."""

from django import template

register = template.Library()
