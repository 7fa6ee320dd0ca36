-- SPDX-License-Identifier: Apache-2.0
-- The first tables: who may ask (institution, desk, device_account, enrolment_token), one press of the button, and the trail.
-- Run by madoguchi_owner, which owns everything; madoguchi_server gets only what serving needs (grants below).
-- Forward only: a landed file is never edited, nothing is ever removed by a migration.

CREATE TABLE institution (
  code char(10) PRIMARY KEY CHECK (code ~ '^[0-9]{10}$')  -- prefecture 2 + fee table 1 + code 7
);

CREATE TABLE desk (
  desk_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'revoked')),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE device_account (
  account_id text PRIMARY KEY CHECK (account_id ~ '^W[0-9]{7}$'),
  institution_code char(10) NOT NULL REFERENCES institution (code),
  status text NOT NULL DEFAULT 'usable' CHECK (status IN ('usable', 'stopped', 'ended')),
  desk_id uuid REFERENCES desk (desk_id),  -- an account is bound to one desk at a time
  UNIQUE (desk_id, institution_code)       -- a desk has one account for each institution code
);

CREATE TABLE enrolment_token (
  token_sha256 bytea PRIMARY KEY CHECK (length(token_sha256) = 32),  -- the token itself is never kept
  desk_id uuid NOT NULL REFERENCES desk (desk_id),
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);

CREATE TABLE press (
  press_id uuid PRIMARY KEY,
  desk_id uuid NOT NULL REFERENCES desk (desk_id),
  institution_code char(10) NOT NULL,
  account_id text NOT NULL,
  method text NOT NULL CHECK (method IN ('pin', 'sight')),
  card_hash text,                        -- NULL: no card could be read
  owner text NOT NULL,                   -- the server process that works on it now
  epoch integer NOT NULL DEFAULT 1 CHECK (epoch > 0),  -- one more each time another process takes it over
  challenge_id text,
  challenge bytea,
  resumed boolean NOT NULL,              -- its owner got it together with the desk's proof
  opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamptz
);

-- The trail. No reference to another table: a row here outlives what it speaks of. Never a name, number, address or PIN.
CREATE TABLE audit_event (
  sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  record_id uuid NOT NULL UNIQUE,        -- given by the writer: tells after a broken commit whether the row is there
  action text NOT NULL,
  owner text NOT NULL,                   -- the server process
  institution_code char(10),
  desk_id uuid,
  account_id text,
  press_id uuid,
  epoch integer,
  method text,
  card_hash text,                        -- keyed hash of the card's certificate
  insurance_hash text,                   -- keyed hash of insurer, symbol, number, branch
  code integer NOT NULL DEFAULT 0,       -- 0 = answered, else a number of the error catalogue
  segment_of_result_code text,
  processing_status_code text,
  processing_code text,
  validity_code text,
  results integer,
  card_trips integer,
  card_us bigint,                        -- microseconds on the card, in the national service, in all
  national_us bigint,
  total_us bigint,
  detail text
);
CREATE INDEX audit_event_press ON audit_event (press_id);

-- The second lock: even a role that has the right to, and the owner, is refused.
CREATE FUNCTION refuse_change_of_trail() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the trail is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_event_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_trail();

GRANT SELECT ON schema_migrations, institution, desk, device_account, enrolment_token, press, audit_event TO madoguchi_server;
GRANT UPDATE (used_at) ON enrolment_token TO madoguchi_server;
GRANT INSERT ON press TO madoguchi_server;
GRANT UPDATE (owner, epoch, challenge_id, challenge, resumed, ended_at) ON press TO madoguchi_server;
-- Not sequence and not recorded_at: the order and the time of the trail are the database's own.
GRANT INSERT (record_id, action, owner, institution_code, desk_id, account_id, press_id, epoch, method, card_hash, insurance_hash,
              code, segment_of_result_code, processing_status_code, processing_code, validity_code, results, card_trips,
              card_us, national_us, total_us, detail) ON audit_event TO madoguchi_server;
