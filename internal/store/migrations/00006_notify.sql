-- +goose Up

-- Tells the processes that keep definitions in memory which of them changed:
-- '<table>:<id>' on the channel leadrail_changed. A transaction that says the
-- same thing twice is heard once. Nothing that is written for every lead may
-- have such a trigger: transactions that notify commit one after the other.
-- +goose StatementBegin
CREATE FUNCTION notify_changed() RETURNS trigger LANGUAGE plpgsql AS $$
-- Arguments: the table that is named, and the column of its id.
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM pg_notify('leadrail_changed', TG_ARGV[0] || ':' || (to_jsonb(OLD) ->> TG_ARGV[1]));
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM pg_notify('leadrail_changed', TG_ARGV[0] || ':' || (to_jsonb(NEW) ->> TG_ARGV[1]));
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER notify_changed AFTER INSERT OR UPDATE OR DELETE ON forms
    FOR EACH ROW EXECUTE FUNCTION notify_changed('forms', 'id');
CREATE TRIGGER notify_changed AFTER INSERT OR UPDATE OR DELETE ON destinations
    FOR EACH ROW EXECUTE FUNCTION notify_changed('forms', 'form_id');
CREATE TRIGGER notify_changed AFTER INSERT OR UPDATE OR DELETE ON routing
    FOR EACH ROW EXECUTE FUNCTION notify_changed('routing', 'id');
