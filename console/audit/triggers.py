"""The triggers that make audit rows insert-only, per kind of database."""

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "audit_entry"
_SENTENCE = "audit entries are only ever added"

_SQLITE = [
    f"CREATE TRIGGER audit_no_{what} BEFORE {what} ON {TABLE} BEGIN SELECT RAISE(ABORT, '{_SENTENCE}'); END"
    for what in ("update", "delete")
]
_POSTGRESQL = [
    f"""CREATE FUNCTION audit_refuse() RETURNS trigger AS $$
        BEGIN RAISE EXCEPTION '{_SENTENCE}'; END $$ LANGUAGE plpgsql""",
    f"""CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON {TABLE}
        FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
    f"""CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON {TABLE}
        FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()""",
]
_DROP = {
    "sqlite": ["DROP TRIGGER IF EXISTS audit_no_update", "DROP TRIGGER IF EXISTS audit_no_delete"],
    "postgresql": [
        f"DROP TRIGGER IF EXISTS audit_no_change ON {TABLE}",
        f"DROP TRIGGER IF EXISTS audit_no_truncate ON {TABLE}",
        "DROP FUNCTION IF EXISTS audit_refuse()",
    ],
}


def create(database: BaseDatabaseWrapper) -> None:
    """Puts the triggers up."""
    _run(database, {"sqlite": _SQLITE, "postgresql": _POSTGRESQL})


def drop(database: BaseDatabaseWrapper) -> None:
    """Takes them away: only the migration backwards, and the tests around a flush."""
    _run(database, _DROP)


def _run(database: BaseDatabaseWrapper, statements: dict[str, list[str]]) -> None:
    with database.cursor() as cursor:
        for statement in statements[database.vendor]:
            cursor.execute(statement)
