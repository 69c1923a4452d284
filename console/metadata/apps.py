from django.apps import AppConfig
from django.db.models import Model

from console.connections.signals import disconnected


class MetadataConfig(AppConfig):
    name = "console.metadata"

    def ready(self) -> None:
        disconnected.connect(self.forget, dispatch_uid="metadata.forget")

    def forget(self, connection: Model, **kwargs: object) -> None:
        """A disconnected organisation's kept answers are deleted with its tokens."""
        self.get_model("Answer")._default_manager.filter(connection=connection).delete()
