"""Numerals that are no figures: "a dozen", "Tausende", "half of", "twice", "all five"."""

from __future__ import annotations
