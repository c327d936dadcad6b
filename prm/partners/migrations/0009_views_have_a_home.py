"""Saved views belong to ``prm.views``: what was kept goes there, ids and all; ``partners:companies`` is called ``companies``.

The owner of a table with forced row security sees none of its rows: for the copy it is not forced. What is migrated sets it anew.
"""

from django.db import migrations

FORWARDS = """
ALTER TABLE partners_savedview NO FORCE ROW LEVEL SECURITY;
INSERT INTO views_savedview
  (id, created_at, updated_at, list_name, name, query, is_default, is_shared, role, position, person_id)
SELECT id, created_at, updated_at, regexp_replace(page, '^.*:', ''), name, query, is_default, is_shared, '', position, person_id
FROM partners_savedview;
"""

BACKWARDS = """
ALTER TABLE views_savedview NO FORCE ROW LEVEL SECURITY;
INSERT INTO partners_savedview
  (id, created_at, updated_at, page, name, query, is_default, is_shared, position, person_id)
SELECT id, created_at, updated_at, 'partners:companies', name, query, is_default, is_shared, position, person_id
FROM views_savedview WHERE list_name = 'companies';
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0008_people"), ("views", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS), migrations.DeleteModel(name="SavedView")]
