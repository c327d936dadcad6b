"""The search index of companies follows ``search_key`` by trigger: an import, an edit or an undo cannot leave it behind."""

from django.db import migrations

CREATE = """
CREATE FUNCTION partners_company_words_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO partners_companyword (word, company_id)
  SELECT DISTINCT left(part, 40), n.id FROM new_rows n, string_to_table(n.search_key, ' ') AS t(part) WHERE part <> '';
  RETURN NULL;
END $$;

CREATE FUNCTION partners_company_words_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM partners_companyword w USING old_rows o JOIN new_rows n USING (id)
  WHERE w.company_id = o.id AND o.search_key IS DISTINCT FROM n.search_key
    AND w.word IN (SELECT left(part, 40) FROM string_to_table(o.search_key, ' ') AS t(part));
  INSERT INTO partners_companyword (word, company_id)
  SELECT DISTINCT left(part, 40), n.id FROM new_rows n JOIN old_rows o USING (id), string_to_table(n.search_key, ' ') AS t(part)
  WHERE o.search_key IS DISTINCT FROM n.search_key AND part <> ''
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;

CREATE FUNCTION partners_company_words_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM partners_companyword w USING old_rows o, string_to_table(o.search_key, ' ') AS t(part)
  WHERE w.word = left(part, 40) AND w.company_id = o.id;
  RETURN NULL;
END $$;

CREATE TRIGGER company_words_insert AFTER INSERT ON partners_company
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION partners_company_words_insert();
CREATE TRIGGER company_words_update AFTER UPDATE ON partners_company
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION partners_company_words_update();
CREATE TRIGGER company_words_delete AFTER DELETE ON partners_company
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION partners_company_words_delete();
"""

DROP = "\n".join(
    f"DROP TRIGGER company_words_{act} ON partners_company; DROP FUNCTION partners_company_words_{act}();"
    for act in ("insert", "update", "delete")
)


class Migration(migrations.Migration):
    dependencies = [("partners", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, DROP)]
