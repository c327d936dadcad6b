"""Whom of ours a partner may call: kept equal to the account manager by triggers, whoever writes either (see the model)."""

import django.db.models.deletion
import prm.core.ids
from django.db import migrations, models


FORWARDS = """
CREATE FUNCTION partners_contact_of_partner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    DELETE FROM partners_partnercontact WHERE partner_id = OLD.id;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO partners_partnercontact (id, created_at, updated_at, partner_id, person_id, name, title, email, phone)
    SELECT gen_random_uuid(), now(), now(), NEW.id, p.id, p.name, p.title, p.email, p.phone
    FROM accounts_person p WHERE p.id = NEW.account_manager_id AND p.archived_at IS NULL;
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION partners_contact_of_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM partners_partnercontact WHERE person_id = NEW.id;
  IF NEW.archived_at IS NULL THEN
    INSERT INTO partners_partnercontact (id, created_at, updated_at, partner_id, person_id, name, title, email, phone)
    SELECT gen_random_uuid(), now(), now(), r.id, NEW.id, NEW.name, NEW.title, NEW.email, NEW.phone
    FROM partners_partner r WHERE r.account_manager_id = NEW.id;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER partners_contact_begin AFTER INSERT ON partners_partner
  FOR EACH ROW WHEN (NEW.account_manager_id IS NOT NULL) EXECUTE FUNCTION partners_contact_of_partner();
CREATE TRIGGER partners_contact_change AFTER UPDATE OF account_manager_id ON partners_partner
  FOR EACH ROW WHEN (OLD.account_manager_id IS DISTINCT FROM NEW.account_manager_id)
  EXECUTE FUNCTION partners_contact_of_partner();
CREATE TRIGGER partners_contact_forget AFTER DELETE ON partners_partner
  FOR EACH ROW EXECUTE FUNCTION partners_contact_of_partner();
-- A partner's own people are nobody's contacts, and their role may not write here.
CREATE TRIGGER partners_contact_person AFTER UPDATE OF name, title, email, phone, archived_at ON accounts_person
  FOR EACH ROW WHEN (NEW.partner_id IS NULL AND (OLD.name, OLD.title, OLD.email, OLD.phone, OLD.archived_at)
    IS DISTINCT FROM (NEW.name, NEW.title, NEW.email, NEW.phone, NEW.archived_at))
  EXECUTE FUNCTION partners_contact_of_person();

ALTER TABLE partners_partner NO FORCE ROW LEVEL SECURITY;
ALTER TABLE accounts_person NO FORCE ROW LEVEL SECURITY;
INSERT INTO partners_partnercontact (id, created_at, updated_at, partner_id, person_id, name, title, email, phone)
SELECT gen_random_uuid(), now(), now(), r.id, p.id, p.name, p.title, p.email, p.phone
FROM partners_partner r JOIN accounts_person p ON p.id = r.account_manager_id WHERE p.archived_at IS NULL;
"""

BACKWARDS = """
DROP TRIGGER partners_contact_person ON accounts_person;
DROP TRIGGER partners_contact_forget ON partners_partner;
DROP TRIGGER partners_contact_change ON partners_partner;
DROP TRIGGER partners_contact_begin ON partners_partner;
DROP FUNCTION partners_contact_of_person();
DROP FUNCTION partners_contact_of_partner();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_places'),
        ('partners', '0014_merges'),
    ]

    operations = [
        migrations.CreateModel(
            name='PartnerContact',
            fields=[
                ('id', models.UUIDField(default=prm.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('name', models.CharField(max_length=200)),
                ('title', models.CharField(blank=True, max_length=200)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('phone', models.CharField(blank=True, max_length=40)),
                ('partner', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='contact', to='partners.partner')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.person')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
