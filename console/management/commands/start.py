"""manage.py start: the console for a real CRM, in one process on this machine."""

from console.running.command import EmbeddedCommand


class Command(EmbeddedCommand):
    help = "Runs console, worker and beat for a real CRM on this machine, until Ctrl-C."
