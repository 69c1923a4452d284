from django.apps import AppConfig


class ModulesConfig(AppConfig):
    name = "console.modules"

    def ready(self) -> None:
        from console.jobs import registry
        from console.modules.tasks import fetch_everything

        registry.register("fetch_everything", fetch_everything)
