"""An event comes without a place: only the dispatcher gives one. And it happens at a time that programs can read."""

import datetime

from django.db import migrations, models

UNPLACED = """
CREATE FUNCTION placed_by_dispatcher() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a row of % is placed by the dispatcher', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER placed_by_dispatcher BEFORE INSERT ON events_outboxevent FOR EACH ROW
    WHEN (NEW.position IS NOT NULL OR NEW.subject_version IS NOT NULL) EXECUTE FUNCTION placed_by_dispatcher();
"""
NO_MORE = """
DROP TRIGGER placed_by_dispatcher ON events_outboxevent;
DROP FUNCTION placed_by_dispatcher();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0006_audit_since'),
    ]

    operations = [
        migrations.RunSQL(UNPLACED, NO_MORE),
        migrations.AddConstraint(
            model_name='outboxevent',
            constraint=models.CheckConstraint(
                condition=models.Q(('occurred_at__range', (datetime.datetime(1900, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)))),
                name='outbox_occurred',
            ),
        ),
    ]
