from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("submissions", "0002_crm_clock")]

    operations = [
        migrations.AddField(
            "submission", "subject", models.CharField(blank=True, max_length=120, default=""), preserve_default=False
        )
    ]
