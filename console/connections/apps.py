from celery.signals import worker_init
from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.core.checks import Tags, register

from console.connections.checks import check_keys, check_mode, check_public


class ConnectionsConfig(AppConfig):
    name = "console.connections"

    def ready(self) -> None:
        from console.connections import browsers, table  # the models are there only now

        register(check_keys, Tags.security)
        register(check_mode, Tags.security)
        register(check_public, Tags.security, deploy=True)
        user_logged_in.connect(browsers.remember)
        worker_init.connect(table.judge_at_worker_start)
