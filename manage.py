#!/usr/bin/env python3
"""The console's one command: demo, start, test, and Django's own.

Written so that a Python that is too old to run the console can still read it and say so.
"""

import os
import sys

if sys.version_info < (3, 11):
    sys.exit("The console needs Python 3.11 or newer; %s is Python %s." % (sys.executable, sys.version.split()[0]))


def main():
    # type: () -> None
    """Runs one command, after making and filling the virtual environment where that is still to be done."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
    from console import bootstrap

    bootstrap.ensure(sys.argv)
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from console.running import launch

    with launch.prepared(sys.argv):
        try:
            execute_from_command_line(sys.argv)
        except ImproperlyConfigured as exc:
            sys.exit(str(exc))


if __name__ == "__main__":
    main()
