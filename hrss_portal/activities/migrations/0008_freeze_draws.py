"""A published draw is never deleted; its moment, its halves and who drew are never rewritten."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('activities', '0007_hold_halves'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='draw',
            name='drawn_once',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='draw',
            trigger=pgtrigger.compiler.Trigger(name='drawn_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."drawn_at" IS NOT NULL AND (OLD."seed" IS DISTINCT FROM (NEW."seed") OR OLD."result" IS DISTINCT FROM (NEW."result") OR OLD."drawn_at" IS DISTINCT FROM (NEW."drawn_at") OR OLD."drawn_by_id" IS DISTINCT FROM (NEW."drawn_by_id")))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='311feb62dea4071834aca051b68e8824652264f6', operation='UPDATE', pgid='pgtrigger_drawn_once_ec8e9', table='activities_draw', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='draw',
            trigger=pgtrigger.compiler.Trigger(name='published_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."published_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='0b2a9ac7556f38ba356be26568f21033de4ef728', operation='DELETE', pgid='pgtrigger_published_stays_958ef', table='activities_draw', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='drawhalf',
            trigger=pgtrigger.compiler.Trigger(name='sealed_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='5c9363f5d2f8f548c616ad99157e076a555029db', operation='DELETE', pgid='pgtrigger_sealed_stays_b5918', table='activities_drawhalf', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='drawhalf',
            trigger=pgtrigger.compiler.Trigger(name='entered_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."entered_at" IS NOT NULL AND OLD."entered_at" IS DISTINCT FROM (NEW."entered_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='a0eaad69d662ee07f442744d3af9aea2147d90b8', operation='UPDATE', pgid='pgtrigger_entered_once_7b2a6', table='activities_drawhalf', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='drawhalf',
            trigger=pgtrigger.compiler.Trigger(name='opened_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."opened_at" IS NOT NULL AND (OLD."half" IS DISTINCT FROM (NEW."half") OR OLD."opened_at" IS DISTINCT FROM (NEW."opened_at")))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='1510e244ee6590a096facaaeb16ca1b19b58ed5b', operation='UPDATE', pgid='pgtrigger_opened_once_61cb6', table='activities_drawhalf', when='BEFORE')),
        ),
    ]
