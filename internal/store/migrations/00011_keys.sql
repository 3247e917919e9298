-- +goose Up

-- What callers authenticate with. The key itself is known to its holder alone.
CREATE TABLE keys (
    id           text COLLATE "C" PRIMARY KEY,
    name         text        NOT NULL,
    kind         text        NOT NULL,
    scopes       jsonb       NOT NULL,
    agent_ids    jsonb       NOT NULL,
    origins      jsonb       NOT NULL,
    hash         text COLLATE "C" NOT NULL, -- SHA-256 in hex
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz,
    revoked_at   timestamptz,
    last_used_at timestamptz,
    CONSTRAINT keys_hash_key UNIQUE (hash)
);

-- A change of last_used_at alone says nothing: it comes with every use.
CREATE TRIGGER notify_changed AFTER DELETE OR UPDATE OF name, kind, scopes, agent_ids, origins, hash, expires_at, revoked_at ON keys
    FOR EACH ROW EXECUTE FUNCTION notify_changed('keys', 'hash');

-- Who changed what, and when: names and ids, never values.
CREATE TABLE audit (
    id         text COLLATE "C" PRIMARY KEY,
    at         timestamptz NOT NULL,
    key_id     text        NOT NULL,
    action     text        NOT NULL,
    target     text        NOT NULL,
    request_id text        NOT NULL
);

CREATE INDEX audit_target_idx ON audit (target, id DESC);
CREATE INDEX audit_key_id_idx ON audit (key_id, id DESC);
