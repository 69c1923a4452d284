"""Hall: who did what, when: insert-only."""
