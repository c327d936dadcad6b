"""The one thing of a person that signing in needs before a role is taken: id and name behind an account, in the same statement.

Asked as the system's role it took a transaction of its own, four messages on every request. The function shows nothing else, and
only to the sign-in login.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION accounts_person_of(account uuid) RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object('id', id, 'name', name) FROM accounts_person WHERE user_id = account
$$;
REVOKE ALL ON FUNCTION accounts_person_of(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accounts_person_of(uuid) TO prm_app;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION accounts_person_of(uuid)")]
