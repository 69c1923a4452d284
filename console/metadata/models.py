"""The kept copies of what the CRM answered about itself."""

from django.db import models

from console.connections.models import Connection


class Answer(models.Model):
    """One answer of the CRM, kept for one connection: never shared between people, who see different fields (D16).

    kind  "modules", "fields", "layouts", …; key  the module's api_name, or "" for what belongs to the organisation
    body  zlib-compressed JSON: the list of the API's own objects
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="answers")
    kind = models.CharField(max_length=32)
    key = models.CharField(max_length=120, blank=True)
    body = models.BinaryField()
    fetched_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "kind", "key"], name="one_answer_per_key")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}".strip()
