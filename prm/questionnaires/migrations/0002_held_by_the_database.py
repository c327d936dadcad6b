"""What the database holds by itself: a published version never changes, an answer is of the partner that its invitation is of."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION questionnaires_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'published' AND (TG_OP = 'DELETE' OR NEW.content IS DISTINCT FROM OLD.content OR NEW.state <> OLD.state) THEN
    RAISE EXCEPTION 'a published version of a questionnaire never changes' USING ERRCODE = 'check_violation';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER questionnaires_version_stays BEFORE UPDATE OR DELETE ON questionnaires_version
  FOR EACH ROW EXECUTE FUNCTION questionnaires_version_stays();

CREATE FUNCTION questionnaires_answer_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.submitted_at IS NOT NULL AND (NEW.values IS DISTINCT FROM OLD.values OR NEW.submitted_at IS DISTINCT FROM OLD.submitted_at) THEN
    RAISE EXCEPTION 'a submitted answer never changes' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER questionnaires_answer_stays BEFORE UPDATE ON questionnaires_answer
  FOR EACH ROW EXECUTE FUNCTION questionnaires_answer_stays();

ALTER TABLE questionnaires_answer ADD CONSTRAINT answer_same_partner
  FOREIGN KEY (partner_id, invitation_id) REFERENCES questionnaires_invitation (partner_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE questionnaires_answerfile ADD CONSTRAINT answer_file_same_partner
  FOREIGN KEY (partner_id, answer_id) REFERENCES questionnaires_answer (partner_id, id) DEFERRABLE INITIALLY DEFERRED;
"""

BACKWARDS = """
ALTER TABLE questionnaires_answerfile DROP CONSTRAINT answer_file_same_partner;
ALTER TABLE questionnaires_answer DROP CONSTRAINT answer_same_partner;
DROP TRIGGER questionnaires_answer_stays ON questionnaires_answer;
DROP FUNCTION questionnaires_answer_stays();
DROP TRIGGER questionnaires_version_stays ON questionnaires_version;
DROP FUNCTION questionnaires_version_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("questionnaires", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
