"""Generated hostile answers for the client alone: `python -m tests.fuzz answers --count 20000`."""
