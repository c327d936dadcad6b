"""The version of an event's subject, given together with its position; and an index to find what belongs together."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

POSITION_AND_VERSION = """
CREATE OR REPLACE FUNCTION only_position_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    otherwise events_outboxevent := NEW;
BEGIN
    otherwise.position := OLD.position;
    otherwise.subject_version := OLD.subject_version;
    IF OLD.position IS NOT NULL OR otherwise IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION '% is only added to', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""
POSITION_ALONE = POSITION_AND_VERSION.replace("    otherwise.subject_version := OLD.subject_version;\n", "")


class Migration(migrations.Migration):

    # An index over everything that ever happened is built beside those who write.
    atomic = False

    dependencies = [
        ('events', '0004_personal_partner'),
    ]

    operations = [
        migrations.AddField(
            model_name='outboxevent',
            name='subject_version',
            field=models.PositiveIntegerField(editable=False, null=True),
        ),
        migrations.RunSQL(POSITION_AND_VERSION, POSITION_ALONE),
        migrations.AddConstraint(
            model_name='outboxevent',
            constraint=models.UniqueConstraint(condition=models.Q(('subject_version__isnull', False)), fields=('subject_id', 'subject_version'), name='outbox_subject_version'),
        ),
        AddIndexConcurrently(
            model_name='outboxevent',
            index=models.Index(fields=['correlation_id', 'id'], name='outbox_correlation'),
        ),
    ]
