from django.apps import AppConfig


class WizardsConfig(AppConfig):
    name = "console.wizards"

    def ready(self) -> None:
        from console.jobs import registry
        from console.wizards.tasks import CHECK_WIZARDS, check_wizards

        registry.register(CHECK_WIZARDS, check_wizards, after="wizards/_checked.html")
