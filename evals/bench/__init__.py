"""Measuring Beleg on question sets in the form `docs/` and `questions.jsonl`."""
