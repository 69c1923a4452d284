from celery.signals import worker_init
from django.apps import AppConfig
from django.core.checks import Tags, register

from console.connections.checks import check_keys, check_public


class ConnectionsConfig(AppConfig):
    name = "console.connections"

    def ready(self) -> None:
        from console.connections import table  # the models are there only now

        register(check_keys, Tags.security)
        register(check_public, Tags.security, deploy=True)
        worker_init.connect(table.judge_at_worker_start)
