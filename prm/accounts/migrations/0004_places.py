"""Places: partners as signing in knows them, people of theirs, the studies of specialists; one person for each place of an account."""

import django.db.models.deletion
import prm.core.ids
from django.conf import settings
from django.db import migrations, models


CREATE = """
CREATE FUNCTION accounts_people_of(account uuid) RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT jsonb_agg(jsonb_build_object('id', id, 'name', name, 'partner', partner_id)) FROM accounts_person WHERE user_id = account
$$;
REVOKE ALL ON FUNCTION accounts_people_of(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accounts_people_of(uuid) TO prm_app;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_person_telephone'),
    ]

    operations = [
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('partner_id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('company_id', models.UUIDField(editable=False)),
                ('name', models.CharField(max_length=200)),
                ('door', models.CharField(choices=[('candidate', 'Candidate'), ('partner', 'Partner'), ('closed', 'Closed')], max_length=12)),
            ],
        ),
        migrations.CreateModel(
            name='StudyPass',
            fields=[
                ('id', models.UUIDField(default=prm.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('study_id', models.UUIDField()),
                ('valid_until', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='membership',
            name='membership_once_per_role',
        ),
        migrations.RemoveField(
            model_name='membership',
            name='partner_id',
        ),
        migrations.AlterField(
            model_name='membership',
            name='role',
            field=models.CharField(choices=[('administrator', 'Administrator'), ('director', 'Channel director'), ('manager', 'Channel manager'), ('programme_manager', 'Programme manager'), ('channel_marketing', 'Channel marketing'), ('support_engineer', 'Support engineer'), ('finance_approver', 'Finance approver'), ('specialist', 'Outside specialist'), ('partner_administrator', 'Partner administrator'), ('partner_sales', 'Partner sales'), ('partner_technical', 'Partner technical'), ('partner_marketing', 'Partner marketing'), ('candidate', 'Candidate')], max_length=24),
        ),
        migrations.AlterField(
            model_name='person',
            name='user',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='people', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='apikey',
            name='partner',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='api_keys', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='membership',
            name='partner',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='person',
            name='partner',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='people', to='accounts.organisation'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(fields=('user', 'role', 'partner'), name='membership_once_per_role', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('partner__isnull', False), ('role__in', ['candidate', 'partner_administrator', 'partner_marketing', 'partner_sales', 'partner_technical'])), models.Q(('partner__isnull', True), models.Q(('role__in', ['candidate', 'partner_administrator', 'partner_marketing', 'partner_sales', 'partner_technical']), _negated=True)), _connector='OR'), name='membership_role_of_its_side'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.UniqueConstraint(condition=models.Q(('user__isnull', False)), fields=('user', 'partner'), name='person_once_per_place', nulls_distinct=False),
        ),
        migrations.AddField(
            model_name='studypass',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='study_passes', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='studypass',
            constraint=models.UniqueConstraint(fields=('user', 'study_id'), name='study_pass_once'),
        ),
        migrations.RunSQL("DROP FUNCTION accounts_person_of(uuid)", migrations.RunSQL.noop),
        migrations.RunSQL(CREATE, "DROP FUNCTION accounts_people_of(uuid)"),
    ]
