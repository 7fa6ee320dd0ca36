-- SPDX-License-Identifier: Apache-2.0
-- The complete check: how the holder was identified, which ways are allowed where and when, service calls, results kept sealed for the
-- hand-off or for showing again, names read differently. Sealed values are AES-256-GCM; the keys of `kept_result` are files of one server,
-- one per row, and are destroyed with it: a restored backup opens nothing.

-- --- press and trail -----------------------------------------------------------------------------------------------------------------
ALTER TABLE press RENAME COLUMN method TO method_before_0003;  -- kept as it was, not read any more
ALTER TABLE press ALTER COLUMN method_before_0003 SET DEFAULT 'pin';
ALTER TABLE press
  ADD COLUMN method text NOT NULL DEFAULT 'pin' CHECK (method IN ('pin', 'sight', 'number')),
  ADD COLUMN presenter text CHECK (presenter IN ('holder', 'guardian', 'assisted')),   -- who acted, as the desk said; NULL: not said
  ADD COLUMN photo_check text CHECK (photo_check IN ('compared', 'none', 'another')),  -- NULL: not looked at
  ADD COLUMN inquiry_reason text CHECK (length(inquiry_reason) <= 40),                 -- of an inquiry by numbers
  ADD COLUMN patient_hash text CHECK (length(patient_hash) <= 80),                     -- keyed hash of the facility's patient number
  ADD COLUMN worked_on_at timestamptz NOT NULL DEFAULT clock_timestamp(),              -- its owner took it then
  ADD COLUMN outcome_epoch integer;                                                    -- the newest epoch that has an outcome in the trail
UPDATE press SET method = method_before_0003, outcome_epoch = CASE WHEN ended_at IS NOT NULL THEN epoch END;
CREATE INDEX press_open ON press (worked_on_at) WHERE ended_at IS NULL;  -- those nobody ended are ended by the server's rounds

ALTER TABLE audit_event
  ADD COLUMN presenter text,
  ADD COLUMN photo_check text,
  ADD COLUMN inquiry_reason text,
  ADD COLUMN patient_hash text;

-- --- which ways of checking are allowed ------------------------------------------------------------------------------------------------
ALTER TABLE desk ADD COLUMN zone text CHECK (length(zone) BETWEEN 1 AND 40);
CREATE TABLE method_rule (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  desk_id uuid REFERENCES desk (desk_id),
  zone text CHECK (length(zone) BETWEEN 1 AND 40),
  weekdays integer[] NOT NULL DEFAULT '{}' CHECK (weekdays <@ '{1,2,3,4,5,6,7}' AND cardinality(weekdays) <= 7),  -- 1 Monday; none: every day
  from_minute integer NOT NULL DEFAULT 0 CHECK (from_minute BETWEEN 0 AND 1439),         -- of the day in Japan
  until_minute integer NOT NULL DEFAULT 1440 CHECK (until_minute BETWEEN 1 AND 1440),    -- exclusive; not after from_minute: over midnight
  methods text[] NOT NULL CHECK (methods <@ '{pin,sight,number}' AND cardinality(methods) <= 3),
  made_by text NOT NULL CHECK (length(made_by) <= 64),
  made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK (desk_id IS NULL OR zone IS NULL)
);
-- A window over midnight belongs to the day it begins on.
CREATE FUNCTION methods_allowed(asked uuid, at timestamptz) RETURNS text[] LANGUAGE sql STABLE AS $$
  WITH clock AS (
    SELECT extract(isodow FROM at AT TIME ZONE 'Asia/Tokyo')::int AS weekday,
           (extract(hour FROM at AT TIME ZONE 'Asia/Tokyo') * 60 + extract(minute FROM at AT TIME ZONE 'Asia/Tokyo'))::int AS minute
  ), fitting AS (
    SELECT rule.* FROM method_rule AS rule, clock, desk
    WHERE desk.desk_id = asked AND (rule.desk_id IS NULL OR rule.desk_id = asked) AND (rule.zone IS NULL OR rule.zone = desk.zone)
      AND CASE WHEN until_minute > from_minute
               THEN minute >= from_minute AND minute < until_minute AND (weekdays = '{}' OR weekday = ANY (weekdays))
               ELSE (minute >= from_minute AND (weekdays = '{}' OR weekday = ANY (weekdays)))
                 OR (minute < until_minute AND (weekdays = '{}' OR (weekday + 5) % 7 + 1 = ANY (weekdays))) END
  )
  SELECT coalesce((SELECT methods FROM fitting ORDER BY (desk_id IS NOT NULL) DESC, (zone IS NOT NULL) DESC, number DESC LIMIT 1),
                  '{pin,sight,number}'::text[])
$$;

-- --- service calls ---------------------------------------------------------------------------------------------------------------------
CREATE TABLE service_call (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  call_id uuid NOT NULL UNIQUE,          -- given by the caller: its end finds its beginning
  kind text NOT NULL CHECK (kind IN ('challenge', 'sight', 'check', 'inquiry', 'application', 'account', 'outcome')),
  key text CHECK (length(key) <= 64),    -- idempotency key; of a check: the press id
  owner text NOT NULL,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamptz,                  -- NULL: open, or its server ended with it
  outcome text CHECK (outcome IN ('answered', 'refused', 'failed', 'unknown', 'reconciled')),
  code integer NOT NULL DEFAULT 0,
  status integer NOT NULL DEFAULT 0,     -- HTTP
  attempts integer NOT NULL DEFAULT 0,
  took_us bigint,
  desk_id uuid,
  account_id text,
  institution_code char(10),
  processing_code text CHECK (length(processing_code) <= 40),
  reconcile_at timestamptz,              -- outcome unknown: when to ask the national side what became of it; NULL: not (any more)
  reconciled_as text CHECK (reconciled_as IN ('answered', 'not_seen')),
  reconciled_at timestamptz
);
CREATE INDEX service_call_started ON service_call (started_at);
CREATE INDEX service_call_open ON service_call (started_at) WHERE ended_at IS NULL;
CREATE INDEX service_call_key ON service_call (key) WHERE key IS NOT NULL;
CREATE INDEX service_call_reconcile ON service_call (reconcile_at) WHERE reconcile_at IS NOT NULL;

-- --- results kept sealed: hand-off and showing again -------------------------------------------------------------------------------------
CREATE TABLE kept_result (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  row_id uuid NOT NULL UNIQUE,           -- also the name of its key file
  press_id uuid NOT NULL,
  channel text NOT NULL CHECK (channel IN ('oqs_folder', 'webhook', 'pull', 'show_again')),
  state text NOT NULL CHECK (state IN ('held', 'waiting', 'refused', 'delivered', 'destroyed')),  -- held: until the desk confirms the person
  sealed bytea CHECK (length(sealed) <= 131072),  -- NULL once delivered or destroyed
  desk_id uuid NOT NULL,
  institution_code char(10) NOT NULL,
  operator_code text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz NOT NULL,       -- then its key is destroyed
  next_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  attempts integer NOT NULL DEFAULT 0,
  code integer NOT NULL DEFAULT 0,       -- of the last attempt
  file_name text CHECK (length(file_name) <= 200),
  sha256 text CHECK (length(sha256) = 64),
  ended_at timestamptz,
  cleaned_at timestamptz,                -- the delivered file was looked at after its stay: removed, or gone already
  CHECK ((ended_at IS NULL) = (state IN ('held', 'waiting', 'refused'))),
  CHECK ((sealed IS NULL) = (ended_at IS NOT NULL)),
  CHECK (expires_at <= created_at + interval '24 hours 1 minute')
);
CREATE INDEX kept_result_due ON kept_result (next_at) WHERE ended_at IS NULL;
-- A press whose answer is sent again leaves one result by each channel, not two.
CREATE UNIQUE INDEX kept_result_press ON kept_result (press_id, channel);
CREATE INDEX kept_result_ended ON kept_result (ended_at) WHERE ended_at IS NOT NULL;

-- --- names -----------------------------------------------------------------------------------------------------------------------------
-- How this facility reads a name it cannot use as received. person_hash: KeyedHash of insurance and received name; the name is sealed.
CREATE TABLE name_mapping (
  person_hash text PRIMARY KEY CHECK (length(person_hash) <= 80),
  sealed_name bytea CHECK (length(sealed_name) <= 512),       -- confirmed by two people; NULL: not yet
  sealed_proposal bytea CHECK (length(sealed_proposal) <= 512),
  proposed_by text CHECK (length(proposed_by) <= 64),
  proposed_at timestamptz,
  confirmed_by text CHECK (confirmed_by <> confirmed_proposal_of),
  confirmed_proposal_of text CHECK (length(confirmed_proposal_of) <= 64),
  confirmed_at timestamptz,
  CHECK ((sealed_name IS NULL) = (confirmed_by IS NULL)),
  CHECK ((sealed_proposal IS NULL) = (proposed_by IS NULL))
);

-- Whom the results of a press are about, for an hour: a desk that proposes a name says press and place only.
CREATE TABLE name_subject (
  press_id uuid NOT NULL,
  result integer NOT NULL CHECK (result BETWEEN 0 AND 15),
  person_hash text NOT NULL CHECK (length(person_hash) <= 80),
  desk_id uuid NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (press_id, result)
);
CREATE INDEX name_subject_at ON name_subject (at);

-- --- what a server may do ----------------------------------------------------------------------------------------------------------------
GRANT INSERT (method, presenter, photo_check, inquiry_reason, patient_hash) ON press TO madoguchi_server;
GRANT UPDATE (worked_on_at, outcome_epoch) ON press TO madoguchi_server;
GRANT INSERT (presenter, photo_check, inquiry_reason, patient_hash) ON audit_event TO madoguchi_server;
GRANT SELECT, INSERT, UPDATE, DELETE ON method_rule, service_call, kept_result, name_mapping, name_subject TO madoguchi_server;
