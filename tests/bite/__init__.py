"""Do the tests bite? `python -m tests.bite`: the suite against the console with one protection removed at a time."""
