"""Studies that weigh the measure ``annual_margin`` weigh ``annual_income``, as it is called now. Runs keep their question as it was."""

from django.db import migrations

RENAME = """
ALTER TABLE profiling_study NO FORCE ROW LEVEL SECURITY;
UPDATE profiling_study SET parameters = replace(parameters::text, '"measure:annual_{old}"', '"measure:annual_{new}"')::jsonb
WHERE parameters::text LIKE '%"measure:annual_{old}"%';
"""


class Migration(migrations.Migration):
    dependencies = [("profiling", "0004_kinds_are_registered"), ("partners", "0016_annual_income")]

    operations = [migrations.RunSQL(RENAME.format(old="margin", new="income"), RENAME.format(old="income", new="margin"))]
