-- +goose Up

-- How many submissions to a form were refused on a day, in UTC, by the field and
-- the code of the problem. Values are never kept.
CREATE TABLE refusals (
    form_id text COLLATE "C" NOT NULL,
    day     date             NOT NULL,
    -- Empty where it is not about a field.
    field   text COLLATE "C" NOT NULL,
    code    text COLLATE "C" NOT NULL,
    count   bigint           NOT NULL,
    PRIMARY KEY (form_id, day, field, code)
);
