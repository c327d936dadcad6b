"""Words tell where their company is and what it is: "no" in Germany, 4,500 of the 30,000 that begin so, without 30,000 look-ups.

The columns ride in the index of the key. Triggers write them, and write them again when the company moves or becomes something else.
"""

from django.db import migrations, models

COLUMNS = """
UPDATE partners_companyword w SET country = c.country, typology = c.typology FROM partners_company c WHERE c.id = w.company_id;
ALTER TABLE partners_companyword DROP CONSTRAINT partners_companyword_pkey,
  ADD CONSTRAINT partners_companyword_pkey PRIMARY KEY (word, company_id) INCLUDE (country, typology);
ALTER TABLE partners_companyword ALTER COLUMN word SET STATISTICS 500;
"""

NO_COLUMNS = """
ALTER TABLE partners_companyword ALTER COLUMN word SET STATISTICS DEFAULT;
ALTER TABLE partners_companyword DROP CONSTRAINT partners_companyword_pkey,
  ADD CONSTRAINT partners_companyword_pkey PRIMARY KEY (word, company_id);
"""

FUNCTIONS = """
CREATE OR REPLACE FUNCTION partners_company_words_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO partners_companyword (word, company_id, country, typology)
  SELECT DISTINCT left(part, 40) COLLATE "C", n.id, n.country, n.typology
  FROM new_rows n, string_to_table(n.search_key, ' ') AS t(part) WHERE part <> '' ORDER BY 1, 2;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION partners_company_words_update() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
  DELETE FROM partners_companyword w USING (
    SELECT o.id, left(part, 40) AS word, o.country, o.typology FROM old_rows o, string_to_table(o.search_key, ' ') AS t(part) WHERE part <> ''
    EXCEPT SELECT n.id, left(part, 40), n.country, n.typology FROM new_rows n, string_to_table(n.search_key, ' ') AS t(part)
  ) gone WHERE w.word = gone.word AND w.company_id = gone.id;
  INSERT INTO partners_companyword (word, company_id, country, typology)
  SELECT left(part, 40), n.id, n.country, n.typology FROM new_rows n, string_to_table(n.search_key, ' ') AS t(part) WHERE part <> ''
  EXCEPT SELECT left(part, 40), o.id, o.country, o.typology FROM old_rows o, string_to_table(o.search_key, ' ') AS t(part)
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
"""

FUNCTIONS_BEFORE = """
CREATE OR REPLACE FUNCTION partners_company_words_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO partners_companyword (word, company_id)
  SELECT DISTINCT left(part, 40) COLLATE "C", n.id FROM new_rows n, string_to_table(n.search_key, ' ') AS t(part) WHERE part <> '' ORDER BY 1, 2;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION partners_company_words_update() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
  DELETE FROM partners_companyword w USING (
    SELECT o.id, left(part, 40) AS word FROM old_rows o, string_to_table(o.search_key, ' ') AS t(part) WHERE part <> ''
    EXCEPT SELECT n.id, left(part, 40) FROM new_rows n, string_to_table(n.search_key, ' ') AS t(part)
  ) gone WHERE w.word = gone.word AND w.company_id = gone.id;
  INSERT INTO partners_companyword (word, company_id)
  SELECT left(part, 40), n.id FROM new_rows n, string_to_table(n.search_key, ' ') AS t(part) WHERE part <> ''
  EXCEPT SELECT left(part, 40), o.id FROM old_rows o, string_to_table(o.search_key, ' ') AS t(part)
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0006_import_lookups")]

    operations = [
        migrations.AddField("companyword", "country", models.CharField(db_collation="C", max_length=2, null=True)),
        migrations.AddField("companyword", "typology", models.CharField(max_length=16, null=True)),
        migrations.RunSQL(COLUMNS, NO_COLUMNS),
        migrations.RunSQL(FUNCTIONS, FUNCTIONS_BEFORE),
    ]
