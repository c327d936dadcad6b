import django.db.models.deletion
import prm.core.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('partners', '0015_partner_contacts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Brand',
            fields=[
                ('id', models.UUIDField(default=prm.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('colour', models.CharField(choices=[('slate', 'Slate'), ('blue', 'Blue'), ('violet', 'Violet'), ('raspberry', 'Raspberry'), ('brick', 'Brick'), ('ochre', 'Ochre'), ('forest', 'Forest'), ('petrol', 'Petrol')], default='slate', max_length=12, verbose_name='colour')),
                ('logo', models.CharField(blank=True, db_collation='C', max_length=100)),
                ('partner', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='brand', to='partners.partner')),
            ],
            options={
                'abstract': False,
            },
        ),
    ]
