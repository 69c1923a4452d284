"""Hall: background work: a row, its progress, its end."""
