"""Everything in one process on one machine: what `manage.py demo` and `manage.py start` run (design D26).

`launch` prepares what must stand before Django loads, `embedded` runs console, worker, beat and sweeper as threads.
"""
