"""Reading German and English text: folding, sentences, language, numbers, dates, names.

Every function here is pure and reports code-point offsets into the text it was given.
"""
