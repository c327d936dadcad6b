"""The measure that was called ``annual_margin`` is income: margin is another thing. Files that people mapped before go on meaning it.

The owner of a table with forced row security sees none of its rows: for the change it is not forced. What is migrated sets it anew.
"""

from django.db import migrations

RENAME = """
ALTER TABLE partners_measure NO FORCE ROW LEVEL SECURITY;
ALTER TABLE imports_importmapping NO FORCE ROW LEVEL SECURITY;
ALTER TABLE imports_importbatch NO FORCE ROW LEVEL SECURITY;
UPDATE partners_measure SET key = 'annual_{new}', name = '{name}' WHERE key = 'annual_{old}';
UPDATE imports_importmapping SET mapping = replace(mapping::text, '"m_annual_{old}"', '"m_annual_{new}"')::jsonb
WHERE mapping::text LIKE '%"m_annual_{old}"%';
UPDATE imports_importbatch SET columns = replace(columns::text, '"m_annual_{old}"', '"m_annual_{new}"')::jsonb
WHERE columns::text LIKE '%"m_annual_{old}"%';
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0015_partner_contacts"), ("imports", "0001_initial")]

    operations = [
        migrations.RunSQL(
            RENAME.format(old="margin", new="income", name="Annual income"),
            RENAME.format(old="income", new="margin", name="Yearly income"),
        )
    ]
