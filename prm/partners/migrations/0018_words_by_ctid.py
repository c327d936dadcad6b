"""Words of companies that go are met by their whole key, whatever the planner believes of the tables.

Where it believed that there are no words yet, as after counting an empty table, it still went through all words for each company. The
words are found inside a subquery that cannot be turned round, and taken by where they lie.
"""

from django.db import migrations

HEAD = """
CREATE OR REPLACE FUNCTION partners_company_words_delete() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  DELETE FROM partners_companyword w {gone};
  RETURN NULL;
END $$;
"""
# Both OFFSET 0 keep the order: the words of a company, then the one row of each.
BY_PLACE = """WHERE w.ctid = ANY (ARRAY(
    SELECT there.ctid FROM (
      SELECT DISTINCT left(part, 40) COLLATE "C" AS word, o.id FROM old_rows o, string_to_table(o.search_key, ' ') AS t(part)
      WHERE part <> '' OFFSET 0
    ) gone, LATERAL (
      SELECT c.ctid FROM partners_companyword c WHERE c.word = gone.word AND c.company_id = gone.id OFFSET 0
    ) there
  ))"""
BY_KEY = """USING (
    SELECT DISTINCT left(part, 40) COLLATE "C" AS word, o.id FROM old_rows o, string_to_table(o.search_key, ' ') AS t(part)
    WHERE part <> '' OFFSET 0
  ) gone WHERE w.word = gone.word AND w.company_id = gone.id"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0017_words_that_go")]

    operations = [migrations.RunSQL(HEAD.format(gone=BY_PLACE), HEAD.format(gone=BY_KEY))]
