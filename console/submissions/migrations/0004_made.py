import django.db.models.deletion
from django.db import migrations, models


def note_what_was_made(apps, schema_editor):
    """Rows that made a record before there was this table; where two name one, the first."""
    row_model, made_model = apps.get_model("submissions", "Row"), apps.get_model("submissions", "Made")
    rows = row_model.objects.filter(state="succeeded", submission__operation__in=["insert", "upsert"]).exclude(
        crm_id=""
    )
    columns = ("pk", "crm_id", "details", "submission__connection__dc", "submission__zgid", "submission__module")
    made = []
    for pk, crm_id, details, dc, zgid, module in rows.order_by("pk").values_list(*columns).iterator():
        if details.get("action") != "update":
            made.append(made_model(record=f"{dc}:{zgid}:{module}:{crm_id}", row_id=pk, is_certain=True))
        if len(made) == 500:
            made_model.objects.bulk_create(made, ignore_conflicts=True)
            made = []
    made_model.objects.bulk_create(made, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("submissions", "0003_subject")]

    operations = [
        migrations.CreateModel(
            name="Made",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record", models.CharField(max_length=255, unique=True)),
                ("is_certain", models.BooleanField()),
                (
                    "row",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="made", to="submissions.row"
                    ),
                ),
            ],
        ),
        migrations.RunPython(note_what_was_made, migrations.RunPython.noop),
    ]
