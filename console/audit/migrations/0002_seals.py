from django.db import migrations, models

from console.audit import triggers


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        # SQLite makes the table anew for the column, and its triggers are gone with the old one.
        migrations.RunPython(
            lambda apps, editor: triggers.drop(editor.connection, [triggers.ENTRIES]),
            lambda apps, editor: triggers.create(editor.connection, [triggers.ENTRIES]),
        ),
        migrations.AddField(
            "entry", "dc", models.CharField(blank=True, max_length=32, default=""), preserve_default=False
        ),
        migrations.AddIndex("entry", models.Index(fields=["identity", "at"], name="entries_of_person")),
        migrations.AddIndex("entry", models.Index(fields=["dc", "zgid", "at"], name="entries_of_organisation")),
        migrations.CreateModel(
            "Seal",
            [
                ("n", models.BigIntegerField(primary_key=True, serialize=False)),
                ("entry", models.BigIntegerField(unique=True)),
                ("mac", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=16)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.RunPython(
            lambda apps, editor: triggers.create(editor.connection),
            lambda apps, editor: triggers.drop(editor.connection),
        ),
    ]
