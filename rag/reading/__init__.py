"""Hits to a draft: what a reader would like to say, and on which spans it rests."""
