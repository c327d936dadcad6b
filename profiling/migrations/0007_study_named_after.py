"""A title that nobody wrote is told in each reader's language: a study keeps what it is named after."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("profiling", "0006_shared_answers")]

    operations = [
        migrations.AddField(model_name="study", name="named_after", field=models.JSONField(blank=True, null=True)),
    ]
