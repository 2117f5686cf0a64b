"""Files to documents: finding them, decoding them, and reading what they say of themselves."""
