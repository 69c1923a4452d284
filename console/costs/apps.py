from django.apps import AppConfig


class CostsConfig(AppConfig):
    name = "console.costs"

    def ready(self) -> None:
        from console.connections import gate
        from console.costs.ledger import book

        if book not in gate.listeners:
            gate.listeners.append(book)
