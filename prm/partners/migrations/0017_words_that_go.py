"""Words of companies that go are met by their whole key.

Joined with the words, the companies were looked up by themselves in an index that begins with the word: Postgres 18 then skips through
all words for each company, 15 ms of it where 20,000 are known. An import took ten seconds, and taking it back many minutes.
"""

from django.db import migrations

HEAD = """
CREATE OR REPLACE FUNCTION partners_company_words_delete() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  DELETE FROM partners_companyword w USING {gone};
  RETURN NULL;
END $$;
"""
# OFFSET 0 keeps the words of a company together with it; turned round, the company alone would be looked up.
BY_KEY = """(
    SELECT DISTINCT left(part, 40) COLLATE "C" AS word, o.id FROM old_rows o, string_to_table(o.search_key, ' ') AS t(part)
    WHERE part <> '' OFFSET 0
  ) gone WHERE w.word = gone.word AND w.company_id = gone.id"""
BEFORE = """old_rows o, string_to_table(o.search_key, ' ') AS t(part)
  WHERE w.word = left(part, 40) AND w.company_id = o.id"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0016_annual_income")]

    operations = [migrations.RunSQL(HEAD.format(gone=BY_KEY), HEAD.format(gone=BEFORE))]
