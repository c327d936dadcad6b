"""Who looks after a partner leaves a trace by itself: a trigger ends the running term and begins the next one.

Since when today's account managers look after their partners nobody noted: their terms begin at an unknown moment. The owner of a
table with forced row security sees none of its rows: for the reading it is not forced; what is migrated sets it anew.
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION partners_term_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM partners_managerterm WHERE partner_id = OLD.id;
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    UPDATE partners_managerterm SET ended_at = now(), updated_at = now() WHERE partner_id = NEW.id AND ended_at IS NULL;
  END IF;
  IF NEW.account_manager_id IS NOT NULL THEN
    INSERT INTO partners_managerterm (id, created_at, updated_at, partner_id, person_id, began_at)
    VALUES (gen_random_uuid(), now(), now(), NEW.id, NEW.account_manager_id, now());
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER partners_term_begin AFTER INSERT ON partners_partner
  FOR EACH ROW WHEN (NEW.account_manager_id IS NOT NULL) EXECUTE FUNCTION partners_term_follow();
CREATE TRIGGER partners_term_change AFTER UPDATE OF account_manager_id ON partners_partner
  FOR EACH ROW WHEN (OLD.account_manager_id IS DISTINCT FROM NEW.account_manager_id) EXECUTE FUNCTION partners_term_follow();
CREATE TRIGGER partners_term_forget AFTER DELETE ON partners_partner
  FOR EACH ROW EXECUTE FUNCTION partners_term_follow();

ALTER TABLE partners_partner NO FORCE ROW LEVEL SECURITY;
INSERT INTO partners_managerterm (id, created_at, updated_at, partner_id, person_id)
SELECT gen_random_uuid(), now(), now(), id, account_manager_id FROM partners_partner WHERE account_manager_id IS NOT NULL;
"""

BACKWARDS = """
DROP TRIGGER partners_term_forget ON partners_partner;
DROP TRIGGER partners_term_change ON partners_partner;
DROP TRIGGER partners_term_begin ON partners_partner;
DROP FUNCTION partners_term_follow();
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0011_people_on_both_sides")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
