"""Beleg as a part of other frameworks."""
