"""Hall: organisations that people are connected to: sign-in, tokens at rest, refresh."""
