"""Who removes a company finds its invitations without reading all of them: taking back an import removes thousands."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("questionnaires", "0002_held_by_the_database")]

    operations = [
        migrations.AddIndex(
            model_name="invitation", index=models.Index(fields=["company"], name="invitation_of_company")
        ),
    ]
