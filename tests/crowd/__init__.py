"""Many people at once on the real processes, in bad weather: `python -m tests.crowd [--minutes 10] …` (reliability.md,
"50 concurrent sessions of 25 users for 10 minutes, each user's data marked")."""
