"""Of a short value nothing is kept but that it was there: two characters of a name are the name."""

from django.db import migrations

MASK = """
CREATE OR REPLACE FUNCTION audit_mask(value jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN value IS NULL OR value = 'null'::jsonb OR value = '""'::jsonb THEN value
        ELSE to_jsonb('***' || %s)
    END
$$;
"""
LAST_TWO = "right(value #>> '{}', 2)"
OF_LONG_CODES = "coalesce(substring(value #>> '{}' FROM '^[0-9Xx*-]{5,}([0-9Xx]{2})$'), '')"


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(MASK % OF_LONG_CODES, MASK % LAST_TWO)]
