"""What the database refuses whoever asks: changing the log, a published calendar or a published clause."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION answerable_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;
"""

EVENTS = """
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON portal_event
    FOR EACH ROW EXECUTE FUNCTION answerable_refuse('the log is append-only');
CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON portal_event
    FOR EACH STATEMENT EXECUTE FUNCTION answerable_refuse('the log is append-only');
"""

CALENDARS = """
CREATE TRIGGER calendar_version_frozen BEFORE UPDATE OR DELETE ON portal_calendarversion
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL)
    EXECUTE FUNCTION answerable_refuse('a published calendar is never changed; publish a new version');

CREATE FUNCTION answerable_refuse_in_published_calendar() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM portal_calendarversion
        WHERE id IN (CASE WHEN TG_OP = 'INSERT' THEN NEW.version_id ELSE OLD.version_id END,
                     CASE WHEN TG_OP = 'DELETE' THEN OLD.version_id ELSE NEW.version_id END)
        AND published_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION '% of % is refused: a published calendar is never changed', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER opening_hours_frozen BEFORE INSERT OR UPDATE OR DELETE ON portal_openinghours
    FOR EACH ROW EXECUTE FUNCTION answerable_refuse_in_published_calendar();
CREATE TRIGGER closure_frozen BEFORE INSERT OR UPDATE OR DELETE ON portal_closure
    FOR EACH ROW EXECUTE FUNCTION answerable_refuse_in_published_calendar();
CREATE TRIGGER opening_hours_no_truncate BEFORE TRUNCATE ON portal_openinghours
    FOR EACH STATEMENT EXECUTE FUNCTION answerable_refuse('a published calendar is never changed');
CREATE TRIGGER closure_no_truncate BEFORE TRUNCATE ON portal_closure
    FOR EACH STATEMENT EXECUTE FUNCTION answerable_refuse('a published calendar is never changed');
"""

CLAUSES = """
CREATE FUNCTION answerable_refuse_in_published_clause() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND lower(NEW.in_force) = lower(OLD.in_force)
       AND (upper_inf(OLD.in_force) OR upper(NEW.in_force) <= upper(OLD.in_force))
       AND to_jsonb(NEW) - 'in_force' = to_jsonb(OLD) - 'in_force' THEN
        RETURN NEW;  -- a clause may end, or end sooner; nothing else about it may move
    END IF;
    RAISE EXCEPTION '% of % is refused: a published clause is never changed; publish a new version', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER service_level_frozen BEFORE UPDATE OR DELETE ON portal_servicelevel
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION answerable_refuse_in_published_clause();

CREATE FUNCTION answerable_refuse_in_published_ladder() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM portal_servicelevel
        WHERE id IN (CASE WHEN TG_OP = 'INSERT' THEN NEW.service_level_id ELSE OLD.service_level_id END,
                     CASE WHEN TG_OP = 'DELETE' THEN OLD.service_level_id ELSE NEW.service_level_id END)
        AND published_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION '% of % is refused: the ladder of a published clause is never changed', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER escalation_step_frozen BEFORE INSERT OR UPDATE OR DELETE ON portal_escalationstep
    FOR EACH ROW EXECUTE FUNCTION answerable_refuse_in_published_ladder();
"""

MEMBERSHIPS = """
ALTER TABLE portal_membership ADD CONSTRAINT membership_kind_is_the_organisations
    FOREIGN KEY (organisation_id, organisation_kind) REFERENCES portal_organisation (id, kind) DEFERRABLE INITIALLY DEFERRED;
"""

UNDO = """
ALTER TABLE portal_membership DROP CONSTRAINT membership_kind_is_the_organisations;
DROP TRIGGER escalation_step_frozen ON portal_escalationstep;
DROP TRIGGER service_level_frozen ON portal_servicelevel;
DROP TRIGGER closure_no_truncate ON portal_closure;
DROP TRIGGER opening_hours_no_truncate ON portal_openinghours;
DROP TRIGGER closure_frozen ON portal_closure;
DROP TRIGGER opening_hours_frozen ON portal_openinghours;
DROP TRIGGER calendar_version_frozen ON portal_calendarversion;
DROP TRIGGER event_no_truncate ON portal_event;
DROP TRIGGER event_append_only ON portal_event;
DROP FUNCTION answerable_refuse_in_published_ladder();
DROP FUNCTION answerable_refuse_in_published_clause();
DROP FUNCTION answerable_refuse_in_published_calendar();
DROP FUNCTION answerable_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("portal", "0001_initial")]

    operations = [migrations.RunSQL(REFUSE + EVENTS + CALENDARS + CLAUSES + MEMBERSHIPS, UNDO)]
