"""Answers that the documentation prints, as JSON files (a package, so that they are installed with the code)."""
