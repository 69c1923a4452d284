"""The triggers that make audit rows and their seals insert-only, per kind of database."""

from collections.abc import Sequence

from django.db.backends.base.base import BaseDatabaseWrapper

ENTRIES, SEALS = "audit_entry", "audit_seal"
_PREFIX = {ENTRIES: "audit", SEALS: "audit_seal"}
_SENTENCE = "audit entries are only ever added"


def create(database: BaseDatabaseWrapper, tables: Sequence[str] = (ENTRIES, SEALS)) -> None:
    """Puts the triggers up."""
    _run(database, [statement for table in tables for statement in _CREATE[database.vendor](table)])


def drop(database: BaseDatabaseWrapper, tables: Sequence[str] = (ENTRIES, SEALS)) -> None:
    """Takes them away: only migrations, and the tests around a flush."""
    _run(database, [statement for table in tables for statement in _DROP[database.vendor](table)])


def _create_sqlite(table: str) -> list[str]:
    return [
        f"CREATE TRIGGER {_PREFIX[table]}_no_{what} BEFORE {what} ON {table}"
        f" BEGIN SELECT RAISE(ABORT, '{_SENTENCE}'); END"
        for what in ("update", "delete")
    ]


def _create_postgresql(table: str) -> list[str]:
    return [
        f"""CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger AS $$
            BEGIN RAISE EXCEPTION '{_SENTENCE}'; END $$ LANGUAGE plpgsql""",
        f"""CREATE TRIGGER {_PREFIX[table]}_no_change BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
        f"""CREATE TRIGGER {_PREFIX[table]}_no_truncate BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()""",
    ]


def _drop_sqlite(table: str) -> list[str]:
    return [f"DROP TRIGGER IF EXISTS {_PREFIX[table]}_no_{what}" for what in ("update", "delete")]


def _drop_postgresql(table: str) -> list[str]:
    return [f"DROP TRIGGER IF EXISTS {_PREFIX[table]}_no_{what} ON {table}" for what in ("change", "truncate")]


_CREATE = {"sqlite": _create_sqlite, "postgresql": _create_postgresql}
_DROP = {"sqlite": _drop_sqlite, "postgresql": _drop_postgresql}


def _run(database: BaseDatabaseWrapper, statements: list[str]) -> None:
    with database.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
