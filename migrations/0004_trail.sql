-- SPDX-License-Identifier: Apache-2.0
-- The trail that an auditor can check without trusting us: month partitions, what a row says beyond the first columns, the Merkle tree
-- over all rows with its checkpoints, second sinks, witnesses, retirement, legal hold, saved searches, vendor maintenance.
-- Run by madoguchi_owner. The server's role appends; only the owner attaches and detaches partitions.

-- --- what a row says ---------------------------------------------------------------------------------------------------------------------
ALTER TABLE audit_event
  ADD COLUMN role text,                  -- of the actor at that moment: "administrator", "auditor", "viewer", "operator", "desk", "receipt_computer", "receiver",
                                         -- "server", "national", "root"
  ADD COLUMN authentication text,        -- what the actor showed: words of server/audit/authentication.h joined by '+', as "password+totp"
  ADD COLUMN inquiry_id text,            -- ArbitraryFileIdentifier of the question
  ADD COLUMN shown text,                 -- which blocks of a result the desk showed, as words: "insurance,notes"
  ADD COLUMN seconds integer,            -- how long: a result on the screen, a maintenance window
  ADD COLUMN file_name text,             -- of a hand-off or an export
  ADD COLUMN file_sha256 text,           -- 64 hex digits
  ADD COLUMN destination text,           -- where that file went: a channel's name, never a path with a name in it
  ADD COLUMN source_address text,        -- IP address the act came from
  ADD COLUMN trace_id text,              -- 32 hex digits (W3C Trace Context): the same in the log
  ADD COLUMN clock_state text,           -- of the server's clock: "synchronised", "unsynchronised", "unknown"; NULL: rows before this column
  -- The transaction that wrote the row. Rows are put into the tree in this order: every row of a transaction that is over is either
  -- visible or never will be, so a late commit is never passed by.
  ADD COLUMN written_by xid8 NOT NULL DEFAULT pg_current_xact_id();

-- --- month partitions --------------------------------------------------------------------------------------------------------------------
-- What is there becomes the first partition, up to the end of this month (Japan's). Numbers go on: the table above gives them. The way of
-- giving numbers is all that the first partition loses: PostgreSQL 17 attaches no partition that has one of its own, not even in an upgrade
-- of this cluster. Each index is one more insert for every row and 75 more locks for a question to all of five years: only what is asked for.
ALTER TABLE audit_event RENAME TO audit_event_first;
ALTER TABLE audit_event_first ALTER COLUMN sequence DROP IDENTITY;
CREATE TABLE audit_event (LIKE audit_event_first INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE (recorded_at);
ALTER TABLE audit_event ALTER COLUMN sequence ADD GENERATED ALWAYS AS IDENTITY;
CREATE UNIQUE INDEX audit_event_place ON audit_event (recorded_at, sequence);
CREATE INDEX audit_event_record ON audit_event (record_id);
CREATE INDEX audit_event_written ON audit_event (written_by, sequence);
CREATE INDEX audit_event_by_press ON audit_event (press_id) WHERE press_id IS NOT NULL;
CREATE INDEX audit_event_by_account ON audit_event (account_id, recorded_at, sequence) WHERE account_id IS NOT NULL;
CREATE INDEX audit_event_by_desk ON audit_event (desk_id, recorded_at, sequence) WHERE desk_id IS NOT NULL;
CREATE INDEX audit_event_by_operator ON audit_event (operator_code, recorded_at, sequence) WHERE operator_code IS NOT NULL;
CREATE INDEX audit_event_by_actor ON audit_event (actor, recorded_at, sequence) WHERE actor IS NOT NULL;
CREATE INDEX audit_event_by_action ON audit_event (action, recorded_at, sequence);
CREATE INDEX audit_event_by_code ON audit_event (code, recorded_at, sequence) WHERE code <> 0;
-- With the operator, so that those of one operator are found without reading the rows of all.
CREATE INDEX audit_event_by_desk_code ON audit_event (desk_id, code, recorded_at, sequence) INCLUDE (operator_code) WHERE code <> 0;
-- For sessions that are bound to one institution of several: its rows may be few.
CREATE INDEX audit_event_by_institution ON audit_event (institution_code, recorded_at, sequence) WHERE institution_code IS NOT NULL;
-- A row names every insurance of its answer, comma-separated.
CREATE INDEX audit_event_by_insurance ON audit_event USING gin (string_to_array(insurance_hash, ',')) WHERE insurance_hash IS NOT NULL;
-- The hash alone: of a patient's rows of a month it is kept once.
CREATE INDEX audit_event_by_patient ON audit_event (patient_hash) WHERE patient_hash IS NOT NULL;
CREATE INDEX audit_event_by_inquiry ON audit_event (inquiry_id) WHERE inquiry_id IS NOT NULL;
DO $$
BEGIN
  -- The newest row counts when the clock was set back.
  EXECUTE format('ALTER TABLE audit_event ATTACH PARTITION audit_event_first FOR VALUES FROM (MINVALUE) TO (%L)',
                 (SELECT (date_trunc('month', greatest(max(recorded_at), now()) AT TIME ZONE 'Asia/Tokyo') + interval '1 month')
                         AT TIME ZONE 'Asia/Tokyo' FROM audit_event_first));
  PERFORM setval(pg_get_serial_sequence('audit_event', 'sequence'), max(sequence)) FROM audit_event_first HAVING max(sequence) IS NOT NULL;
END
$$;
CREATE TRIGGER audit_event_parent_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_trail();

-- The partitions that are there; from_at is NULL for the first one. Times are written and read under one setting.
CREATE FUNCTION trail_partitions() RETURNS TABLE (partition regclass, from_at timestamptz, until_at timestamptz) LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp SET timezone = 'Asia/Tokyo' SET datestyle = 'ISO, YMD' AS $$
  SELECT inhrelid::regclass, (regexp_match(bounds, 'FROM \(''([^'']+)''\)'))[1]::timestamptz,
         (regexp_match(bounds, 'TO \(''([^'']+)''\)'))[1]::timestamptz
  FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid, pg_get_expr(relpartbound, inhrelid) AS bounds
  WHERE inhparent = 'public.audit_event'::regclass
$$;

-- Makes the partitions that are missing for this month and the 13 after it; how many it made. Any server calls it, at its start and while
-- it runs: without a partition for now, nothing could be recorded and no patient checked. Each month is looked at by itself: a clock that
-- once stood years ahead leaves partitions there and a gap before them, which is filled as time comes to it. Attaching blocks no insert.
CREATE FUNCTION trail_partitions_ahead() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'Asia/Tokyo' SET datestyle = 'ISO, YMD' AS $$
DECLARE
  month timestamptz;   -- its first moment in Japan
  name text;
  made integer := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('madoguchi.trail_partitions'));  -- one at a time
  FOR months IN 0..13 LOOP
    month := date_trunc('month', now()) + make_interval(months => months);
    CONTINUE WHEN EXISTS (SELECT FROM public.trail_partitions() AS there
                          WHERE coalesce(there.from_at, '-infinity') <= month AND there.until_at > month);
    name := to_char(month, '"audit_event_"YYYY_MM');
    EXECUTE format('CREATE TABLE public.%I (LIKE public.audit_event INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
    EXECUTE format('CREATE TRIGGER audit_event_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON public.%I '
                   'FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change_of_trail()', name);
    EXECUTE format('ALTER TABLE public.audit_event ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)', name,
                   month, month + interval '1 month');
    made := made + 1;
  END LOOP;
  RETURN made;
END
$$;
REVOKE ALL ON FUNCTION trail_partitions_ahead() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trail_partitions_ahead() TO madoguchi_server;
SELECT trail_partitions_ahead();

GRANT SELECT ON audit_event TO madoguchi_server;
-- Not sequence, recorded_at and written_by: order and time of the trail are the database's own.
GRANT INSERT (record_id, action, owner, institution_code, desk_id, account_id, press_id, epoch, method, card_hash, insurance_hash,
              code, segment_of_result_code, processing_status_code, processing_code, validity_code, results, card_trips,
              card_us, national_us, total_us, detail, operator_code, actor, presenter, photo_check, inquiry_reason, patient_hash,
              role, authentication, inquiry_id, shown, seconds, file_name, file_sha256, destination, source_address, trace_id,
              clock_state) ON audit_event TO madoguchi_server;
REVOKE ALL ON audit_event_first FROM madoguchi_server;  -- partitions are reached through audit_event alone

-- The rules of 0003, word for word, where a connection keeps their plan: they are asked with every check, and making the plan took four
-- times as long as the answer.
CREATE OR REPLACE FUNCTION methods_allowed(asked uuid, at timestamptz) RETURNS text[] LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
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
                    '{pin,sight,number}'::text[]));
END
$$;

-- What an intent knows and its outcome repeats.
ALTER TABLE press ADD COLUMN role text, ADD COLUMN authentication text, ADD COLUMN trace_id text, ADD COLUMN source_address text,
  ADD COLUMN inquiry_id text;
GRANT UPDATE (trace_id, source_address, inquiry_id) ON press TO madoguchi_server;
-- What is done in a session says by which factors it was opened.
ALTER TABLE console_session ADD COLUMN by_recovery_code boolean NOT NULL DEFAULT false;

-- --- the tree (RFC 9162 §2.1; tiles as in C2SP tlog-tiles) ----------------------------------------------------------------------------------
-- A row's place in the tree. Dense from 0; a row has one place, for ever. A row without a place is not protected yet.
CREATE TABLE trail_leaf (
  leaf_index bigint PRIMARY KEY CHECK (leaf_index >= 0),
  sequence bigint NOT NULL UNIQUE,
  recorded_at timestamptz NOT NULL       -- the row's own: finds its partition
);
-- Full tiles only: 256 hashes of 32 bytes. Kept when rows are retired: they are the proof.
CREATE TABLE trail_tile (
  level smallint CHECK (level BETWEEN 0 AND 7),
  tile bigint CHECK (tile >= 0),
  hashes bytea NOT NULL CHECK (length(hashes) = 8192),
  PRIMARY KEY (level, tile)
);
-- The one row that changes. `edge`: the partial tiles, level 0 first; level L holds (size >> 8·L) mod 256 hashes of 32 bytes.
CREATE TABLE trail_head (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  size bigint NOT NULL CHECK (size >= 0),
  edge bytea NOT NULL CHECK (length(edge) <= 8 * 255 * 32),
  watermark xid8 NOT NULL,               -- rows written by older transactions have their place
  -- The cluster that `watermark` counts in (pg_control_system). Another one: the database was restored there, its rows carry numbers of
  -- transactions that mean nothing here, and every row is looked at once.
  cluster bigint NOT NULL DEFAULT 0,
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO trail_head (size, edge, watermark) VALUES (0, '', '0'::xid8);
-- Signed after the round that made that size was committed (C2SP tlog-checkpoint).
CREATE TABLE trail_checkpoint (
  size bigint PRIMARY KEY CHECK (size > 0),
  note text NOT NULL CHECK (octet_length(note) <= 4096),
  owner text NOT NULL,                   -- the server process that signed it
  signed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TRIGGER trail_leaf_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON trail_leaf
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_trail();
CREATE TRIGGER trail_tile_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON trail_tile
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_trail();
CREATE TRIGGER trail_checkpoint_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON trail_checkpoint
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_trail();

-- How far a follower (second sink, witness) is. What it has not taken waits in the trail itself: no queue of its own.
CREATE TABLE trail_follower (
  name text PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 40),
  next_leaf bigint NOT NULL DEFAULT 0,   -- a sink: the first row it has not taken; a witness: the size it has seen last
  note text CHECK (octet_length(note) <= 4096),  -- a witness: its cosigned checkpoint
  trouble_code integer NOT NULL DEFAULT 0,       -- ErrorCode of the last attempt; 0: it worked
  told_behind boolean NOT NULL DEFAULT false,    -- a sink: the trail says that it is behind
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- --- retention ---------------------------------------------------------------------------------------------------------------------------
-- A partition that was retired: its rows are gone, its leaves stay in the tiles. `note` is the signed tombstone.
CREATE TABLE trail_tombstone (
  partition text PRIMARY KEY,
  from_at timestamptz,                   -- NULL: the first partition
  until_at timestamptz NOT NULL,
  rows bigint NOT NULL,
  leaves int8multirange NOT NULL,
  note text NOT NULL CHECK (octet_length(note) <= 65536),
  retired_by text NOT NULL,
  reason text NOT NULL,
  retired_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TRIGGER trail_tombstone_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON trail_tombstone
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_trail();
-- Rows recorded in [from_at, until_at) are not retired while the hold stands.
CREATE TABLE trail_hold (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  from_at timestamptz NOT NULL,
  until_at timestamptz NOT NULL CHECK (until_at > from_at),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 200),
  placed_by text NOT NULL,
  placed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  lifted_by text,
  lifted_at timestamptz,
  CHECK ((lifted_by IS NULL) = (lifted_at IS NULL))
);

-- --- review ------------------------------------------------------------------------------------------------------------------------------
CREATE TABLE saved_search (
  user_id text NOT NULL REFERENCES console_user (user_id),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
  search bytea NOT NULL CHECK (length(search) <= 2048),  -- SearchTrailRequest, never with the numbers of a person
  saved_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (user_id, name)
);
-- Work of the vendor on the system: opened with a plan, closed with what was done (guideline 6.0: compared with the plan).
CREATE TABLE maintenance (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company text NOT NULL CHECK (length(company) BETWEEN 1 AND 100),
  plan text NOT NULL CHECK (length(plan) BETWEEN 1 AND 400),
  opened_by text NOT NULL,
  opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expected_until timestamptz NOT NULL,
  closed_by text,
  closed_at timestamptz,
  done text CHECK (length(done) BETWEEN 1 AND 400)
);

-- What each server was started with: a keyed hash per setting that was given, so that a change since the last start is seen. No values.
CREATE TABLE setting_seen (
  server text CHECK (length(server) BETWEEN 1 AND 255),  -- its first DNS name
  setting text CHECK (length(setting) BETWEEN 1 AND 100),
  hash text NOT NULL,
  PRIMARY KEY (server, setting)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON setting_seen TO madoguchi_server;

GRANT SELECT, INSERT ON trail_leaf, trail_tile, trail_checkpoint TO madoguchi_server;
GRANT SELECT ON trail_head, trail_tombstone TO madoguchi_server;
GRANT UPDATE (size, edge, watermark, cluster, updated_at) ON trail_head TO madoguchi_server;
GRANT SELECT, INSERT, UPDATE ON trail_follower, maintenance TO madoguchi_server;
-- A hold is placed and lifted, never changed.
GRANT SELECT, INSERT (from_at, until_at, reason, placed_by), UPDATE (lifted_by, lifted_at) ON trail_hold TO madoguchi_server;
GRANT SELECT, INSERT, UPDATE, DELETE ON saved_search TO madoguchi_server;
