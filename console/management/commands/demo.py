"""manage.py demo: the console with a stand-in CRM, in one process on this machine."""

from console.running.command import EmbeddedCommand


class Command(EmbeddedCommand):
    help = "Runs the console with a stand-in CRM, worker and beat on this machine, until Ctrl-C."
