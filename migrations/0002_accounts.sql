-- SPDX-License-Identifier: Apache-2.0
-- Device accounts from application to retirement: institutions, applications, accounts and their locks, settings sheets, activation,
-- certificates, log-in at desks, operators, users of the console, approvals, mail and notices.
-- Times are the database's. Secrets are kept as Argon2id hashes, keyed hashes (a key outside the database) or sealed (AES-256-GCM, key
-- outside the database); a sealed row is deleted when its secret is used or after its time.

-- --- institutions ------------------------------------------------------------------------------------------------------------------
ALTER TABLE institution
  ADD COLUMN type smallint CHECK (type IN (1, 3, 4, 6, 7)),
  ADD COLUMN name text CHECK (length(name) BETWEEN 1 AND 100),
  ADD COLUMN founder text CHECK (length(founder) BETWEEN 1 AND 100),
  ADD COLUMN phone text CHECK (phone ~ '^[0-9-]{1,20}$'),
  ADD COLUMN category text CHECK (category IN ('paper_claims', 'therapist', 'health_examination', 'workplace_clinic', 'temporary')),
  ADD COLUMN category_ends_on date,
  ADD COLUMN starts_on date,
  ADD COLUMN ends_on date,
  ADD COLUMN moves_to char(10) REFERENCES institution (code) CHECK (moves_to <> code),
  ADD COLUMN moves_on date,
  ADD COLUMN registered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ADD CHECK ((moves_to IS NULL) = (moves_on IS NULL)),
  ADD CHECK (category IS DISTINCT FROM 'temporary' OR category_ends_on IS NOT NULL);

-- --- applications ------------------------------------------------------------------------------------------------------------------
CREATE TABLE application (
  application_id uuid PRIMARY KEY,       -- the caller's request_id: asked twice, made once
  number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
  institution_code char(10) NOT NULL REFERENCES institution (code),
  kind text NOT NULL CHECK (kind IN ('use', 'additional', 'change', 'end_of_use', 'start_of_operation')),
  state text NOT NULL CHECK (state IN ('draft', 'submitted', 'accepted', 'rejected', 'withdrawn', 'recorded')),
  applicant text NOT NULL CHECK (length(applicant) BETWEEN 1 AND 61),
  staff_count integer CHECK (staff_count BETWEEN 1 AND 9999),
  devices integer CHECK (devices BETWEEN 1 AND 20),
  terms_version text NOT NULL DEFAULT '' CHECK (length(terms_version) <= 20),
  bank_last4_sealed bytea CHECK (length(bank_last4_sealed) <= 128),  -- deleted (NULL) once decided
  proof_by_bank_account boolean NOT NULL DEFAULT false,
  receipt text CHECK (length(receipt) <= 100),   -- the national side's number; NULL: not told yet
  reason text CHECK (length(reason) <= 500),
  effective_on date,
  moves_to char(10) REFERENCES institution (code),  -- of a change of the institution code; NULL: of none
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  decided_at timestamptz,
  next_poll_at timestamptz,
  polls integer NOT NULL DEFAULT 0,
  CHECK (kind NOT IN ('use', 'additional') OR (devices IS NOT NULL AND staff_count IS NOT NULL))
);
CREATE TABLE application_step (
  application_id uuid NOT NULL REFERENCES application (application_id),
  step integer NOT NULL CHECK (step BETWEEN 1 AND 1000),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  state text NOT NULL,
  by text NOT NULL,
  note text NOT NULL DEFAULT '' CHECK (length(note) <= 500),
  PRIMARY KEY (application_id, step)
);
CREATE TABLE application_attachment (
  application_id uuid NOT NULL REFERENCES application (application_id),
  number integer NOT NULL CHECK (number BETWEEN 1 AND 3),
  file_name text NOT NULL CHECK (length(file_name) BETWEEN 1 AND 100),
  media_type text NOT NULL CHECK (media_type IN ('application/pdf', 'image/png', 'image/jpeg')),
  size integer NOT NULL CHECK (size BETWEEN 1 AND 2097152),
  sha256 bytea NOT NULL CHECK (length(sha256) = 32),
  content bytea CHECK (length(content) = size),  -- deleted (NULL) once decided; name, size and SHA-256 stay
  PRIMARY KEY (application_id, number)
);

-- --- device accounts ---------------------------------------------------------------------------------------------------------------
ALTER TABLE device_account RENAME COLUMN status TO status_before_0002;  -- kept as it was, not read any more
ALTER TABLE device_account
  ADD COLUMN state text NOT NULL DEFAULT 'issued' CHECK (state IN ('issued', 'active', 'suspended', 'ended')),
  ADD COLUMN holder text NOT NULL DEFAULT 'spare' CHECK (holder IN ('desk', 'phone', 'spare')),
  ADD COLUMN application_id uuid REFERENCES application (application_id),
  ADD COLUMN reserved_for_desk uuid REFERENCES desk (desk_id),  -- issued, and meant for this prepared desk
  ADD COLUMN note text NOT NULL DEFAULT '' CHECK (length(note) <= 100),
  ADD COLUMN starts_on date,
  ADD COLUMN ends_on date,
  ADD COLUMN suspended_on date,
  ADD COLUMN state_reason text NOT NULL DEFAULT '' CHECK (length(state_reason) <= 200),
  ADD COLUMN last_used_at timestamptz,
  ADD COLUMN password_hash text CHECK (password_hash LIKE '$argon2id$%'),  -- NULL: no secrets were imported yet
  ADD COLUMN password_chosen_at timestamptz,   -- NULL: the issued one
  ADD COLUMN national_locked_until timestamptz,
  ADD COLUMN national_bound boolean NOT NULL DEFAULT false,    -- the national side has it bound to desk_id
  ADD COLUMN national_release_due boolean NOT NULL DEFAULT false,  -- a release the national side has not confirmed yet
  ADD COLUMN created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ADD UNIQUE (reserved_for_desk, institution_code);
UPDATE device_account SET
  state = CASE status_before_0002 WHEN 'usable' THEN CASE WHEN desk_id IS NULL THEN 'issued' ELSE 'active' END
                                  WHEN 'stopped' THEN CASE WHEN desk_id IS NULL THEN 'issued' ELSE 'suspended' END ELSE 'ended' END,
  holder = CASE WHEN desk_id IS NULL OR status_before_0002 = 'ended' THEN 'spare' ELSE 'desk' END,
  desk_id = CASE status_before_0002 WHEN 'ended' THEN NULL ELSE desk_id END;
ALTER TABLE device_account
  -- A desk only where the account is in use; one in use is at a desk or on a phone.
  ADD CONSTRAINT device_account_desk_fits_state CHECK (
    CASE state WHEN 'issued' THEN desk_id IS NULL WHEN 'ended' THEN desk_id IS NULL AND reserved_for_desk IS NULL
               ELSE (holder = 'desk') = (desk_id IS NOT NULL) AND reserved_for_desk IS NULL END);

-- The transitions of server/account/account_state.h, said once more where nothing can go around them.
CREATE FUNCTION refuse_illegal_account_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.state, NEW.state) NOT IN (('issued', 'active'), ('issued', 'ended'), ('active', 'suspended'), ('active', 'issued'), ('active', 'ended'),
                                    ('suspended', 'active'), ('suspended', 'issued'), ('suspended', 'ended')) THEN
    RAISE EXCEPTION 'device account: % to % is no transition', OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER device_account_transition BEFORE UPDATE ON device_account
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION refuse_illegal_account_state();

CREATE TABLE account_step (              -- the history of each account; outlives desks
  account_id text NOT NULL REFERENCES device_account (account_id),
  step integer NOT NULL CHECK (step >= 1),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  event text NOT NULL,                   -- server/account/account_state.h
  state text NOT NULL,
  desk_id uuid,
  by text NOT NULL,                      -- user id, "desk", "national", "server"
  PRIMARY KEY (account_id, step)
);

-- Every activation code there ever was, as a keyed hash: one that was spent is never taken again, not even after release or re-import.
CREATE TABLE activation_code (
  code_hash text PRIMARY KEY,            -- audit::KeyedHash of "activation" | institution code | account | code
  account_id text NOT NULL REFERENCES device_account (account_id),
  issued_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  spent_at timestamptz,
  void_at timestamptz                    -- replaced by a newer one, unspent
);
CREATE UNIQUE INDEX activation_code_current ON activation_code (account_id) WHERE spent_at IS NULL AND void_at IS NULL;

-- The issued secrets until activation or 30 days, then deleted.
CREATE TABLE sealed_sheet (
  account_id text PRIMARY KEY REFERENCES device_account (account_id),
  sealed bytea NOT NULL CHECK (length(sealed) <= 1024),  -- AES-256-GCM: nonce 12 ‖ ciphertext ‖ tag 16; AAD = "sheet" 00 account id
  issued_on date,
  source text NOT NULL CHECK (source IN ('national', 'import')),
  sealed_until timestamptz NOT NULL,
  printed integer NOT NULL DEFAULT 0
);

-- Five wrong passwords from one source: 30 minutes. The account as typed, keyed-hashed: unknown ones count alike.
CREATE TABLE log_in_failure (
  account_hash text NOT NULL,            -- KeyedHash of "log-in" | institution code | typed account id
  source text NOT NULL CHECK (length(source) <= 64),  -- "desk:<uuid>", "enrolment", "*" (strict policy)
  account_id text,                       -- NULL: no such account
  failures integer NOT NULL CHECK (failures BETWEEN 0 AND 5),
  last_at timestamptz NOT NULL,
  locked_until timestamptz,
  announced boolean NOT NULL DEFAULT true,  -- false: the end of this lock still has to go into the trail
  refused integer NOT NULL DEFAULT 0,       -- while locked: the first has a row in the trail, the count goes with the lock's end
  PRIMARY KEY (account_hash, source)
);
CREATE INDEX log_in_failure_locked ON log_in_failure (locked_until) WHERE locked_until IS NOT NULL;

-- --- desks: certificates, activation, log-in, operators ------------------------------------------------------------------------------
ALTER TABLE desk
  ADD COLUMN replaces uuid REFERENCES desk (desk_id),
  ADD COLUMN last_seen_at timestamptz,
  ADD COLUMN last_address inet,
  ADD COLUMN terminal_version text CHECK (length(terminal_version) <= 40),
  ADD COLUMN reader text CHECK (length(reader) <= 200),
  ADD COLUMN revoked_at timestamptz,
  ADD COLUMN revoked_reason text CHECK (length(revoked_reason) <= 200);

CREATE TABLE desk_certificate (
  certificate_sha256 bytea PRIMARY KEY CHECK (length(certificate_sha256) = 32),
  desk_id uuid NOT NULL REFERENCES desk (desk_id),
  serial text NOT NULL,
  not_after timestamptz NOT NULL,
  issued_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  issued_for text NOT NULL CHECK (issued_for IN ('activation', 'renewal', 'late_renewal')),
  replaces bytea REFERENCES desk_certificate (certificate_sha256),  -- ends when this one is first used
  revoked_at timestamptz
);
CREATE INDEX desk_certificate_desk ON desk_certificate (desk_id);

CREATE TABLE late_renewal (
  renewal_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  desk_id uuid NOT NULL REFERENCES desk (desk_id),
  old_certificate_sha256 bytea NOT NULL REFERENCES desk_certificate (certificate_sha256),
  request_sha256 bytea NOT NULL UNIQUE,  -- of the PKCS#10
  key_sha256 bytea NOT NULL CHECK (length(key_sha256) = 32),  -- of the new public key (SubjectPublicKeyInfo): compared by telephone
  requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'approved', 'refused', 'done')),
  decided_by text,
  decided_at timestamptz,
  certificate_pem text                   -- once issued, so that the same call gives the same answer
);

-- One ceremony. Its steps heal after a restart: what the national side was told is known before it is told.
CREATE TABLE activation (
  activation_id uuid PRIMARY KEY,
  desk_id uuid NOT NULL REFERENCES desk (desk_id),
  account_id text NOT NULL REFERENCES device_account (account_id),  -- the typed one, or the first of account_ids
  account_ids text[] NOT NULL CHECK (cardinality(account_ids) BETWEEN 1 AND 8),  -- all that this ceremony activates, sorted
  token_sha256 bytea REFERENCES enrolment_token (token_sha256),     -- NULL: by the four fields
  code_hash text REFERENCES activation_code (code_hash),
  key_sha256 bytea NOT NULL CHECK (length(key_sha256) = 32),        -- of the desk's public key (SubjectPublicKeyInfo)
  request bytea NOT NULL CHECK (length(request) <= 4096),           -- PKCS#10
  challenge bytea NOT NULL CHECK (length(challenge) = 32),
  step text NOT NULL CHECK (step IN ('begun', 'telling', 'told', 'done', 'failed')),
  made_desk boolean NOT NULL DEFAULT false,  -- the desk row was made for this ceremony, and ends with it when it fails
  sealed bytea CHECK (length(sealed) <= 1024),  -- the secrets the desk typed, as in sealed_sheet; NULL once the ceremony has ended
  national_key uuid NOT NULL,            -- idempotency key towards the national side
  owner text NOT NULL,
  begun_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz NOT NULL,
  heal_at timestamptz NOT NULL,          -- not before: undo what is left of it; pushed on by whoever takes it up
  ended_at timestamptz,
  certificate_pem text,                  -- once done: the same Finish gives the same answer
  code integer NOT NULL DEFAULT 0,       -- ErrorCode of a failure, also of one that still has to be undone
  CHECK ((ended_at IS NULL) = (step IN ('begun', 'telling', 'told')))
);
CREATE INDEX activation_open ON activation (heal_at) WHERE ended_at IS NULL;
CREATE INDEX activation_desk ON activation (desk_id);

CREATE TABLE desk_log_in (
  desk_id uuid NOT NULL REFERENCES desk (desk_id),
  account_id text NOT NULL REFERENCES device_account (account_id),
  logged_in_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  how text NOT NULL CHECK (how IN ('activation', 'password')),
  PRIMARY KEY (desk_id, account_id)
);

CREATE TABLE staff (
  staff_code text PRIMARY KEY CHECK (staff_code ~ '^[0-9A-Z]{1,12}$'),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
  active boolean NOT NULL DEFAULT true,
  pin_hash text NOT NULL CHECK (pin_hash LIKE '$argon2id$%'),
  pin_must_change boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE operator_sign_in (
  desk_id uuid PRIMARY KEY REFERENCES desk (desk_id),  -- one operator at a desk
  staff_code text NOT NULL REFERENCES staff (staff_code),
  signed_in_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  last_used_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  idle_seconds integer NOT NULL CHECK (idle_seconds BETWEEN 30 AND 86400)
);

-- Every server process hears of what may end a desk's stream, whoever changed it: payload = desk id. A lost message is harmless: the
-- intent of each press asks the tables themselves.
CREATE FUNCTION tell_desk(changed uuid) RETURNS void LANGUAGE sql AS $$
  SELECT pg_notify('madoguchi_desk', changed::text) WHERE changed IS NOT NULL
$$;
CREATE FUNCTION tell_of_desk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tell_desk(NEW.desk_id);
  RETURN NULL;
END
$$;
CREATE FUNCTION tell_of_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tell_desk(OLD.desk_id);
  PERFORM tell_desk(NEW.desk_id);
  RETURN NULL;
END
$$;
CREATE FUNCTION tell_of_log_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tell_desk(CASE TG_OP WHEN 'DELETE' THEN OLD.desk_id ELSE NEW.desk_id END);
  RETURN NULL;
END
$$;
CREATE TRIGGER desk_tells AFTER UPDATE OF status ON desk
  FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION tell_of_desk();
CREATE TRIGGER desk_certificate_tells AFTER UPDATE OF revoked_at ON desk_certificate
  FOR EACH ROW WHEN (OLD.revoked_at IS DISTINCT FROM NEW.revoked_at) EXECUTE FUNCTION tell_of_desk();
CREATE TRIGGER device_account_tells AFTER UPDATE OF state, desk_id ON device_account
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state OR OLD.desk_id IS DISTINCT FROM NEW.desk_id) EXECUTE FUNCTION tell_of_account();
CREATE TRIGGER desk_log_in_tells AFTER INSERT OR DELETE ON desk_log_in
  FOR EACH ROW EXECUTE FUNCTION tell_of_log_in();

-- --- the console -------------------------------------------------------------------------------------------------------------------
CREATE TABLE console_user (
  user_id text PRIMARY KEY CHECK (length(user_id) BETWEEN 3 AND 39),  -- a mail address, lower case
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 61),
  role text NOT NULL CHECK (role IN ('administrator', 'auditor', 'viewer')),
  enabled boolean NOT NULL DEFAULT true,
  password_hash text CHECK (password_hash LIKE '$argon2id$%'),
  password_must_change boolean NOT NULL DEFAULT true,
  totp_sealed bytea CHECK (length(totp_sealed) <= 256),
  totp_confirmed boolean NOT NULL DEFAULT false,
  totp_next_sealed bytea CHECK (length(totp_next_sealed) <= 256),  -- begun, not confirmed yet: the old one is good until then
  totp_last_step bigint NOT NULL DEFAULT 0,   -- RFC 6238 §5.2: each code once
  credentials_made_by text NOT NULL,          -- who made or reset them last for this user: another user, "root"; own changes leave it
  credentials_made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  last_log_in_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
-- Five wrong attempts in a row: 30 minutes. Ids that nobody has count alike.
CREATE TABLE console_log_in_failure (
  user_hash text PRIMARY KEY,                 -- KeyedHash of "console" or "console-reset" | user id as typed, lower case
  user_id text REFERENCES console_user (user_id),  -- NULL: no such user
  failures integer NOT NULL CHECK (failures BETWEEN 0 AND 5),
  last_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  locked_until timestamptz,
  of text NOT NULL DEFAULT 'log-in' CHECK (of IN ('log-in', 'reset'))  -- wrong reset codes lock resetting, never log-in
);
CREATE INDEX console_log_in_failure_unknown ON console_log_in_failure (last_at) WHERE user_id IS NULL;
CREATE TABLE console_user_institution (       -- no row: every institution code of the organisation
  user_id text NOT NULL REFERENCES console_user (user_id),
  institution_code char(10) NOT NULL REFERENCES institution (code),
  PRIMARY KEY (user_id, institution_code)
);
CREATE TABLE recovery_code (
  user_id text NOT NULL REFERENCES console_user (user_id),
  code_hash text NOT NULL,
  used_at timestamptz,
  PRIMARY KEY (user_id, code_hash)
);
CREATE TABLE password_reset (
  code_hash text PRIMARY KEY,
  user_id text NOT NULL REFERENCES console_user (user_id),
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);
CREATE TABLE console_session (
  token_sha256 bytea PRIMARY KEY CHECK (length(token_sha256) = 32),
  user_id text NOT NULL REFERENCES console_user (user_id),
  complete boolean NOT NULL,             -- password chosen and TOTP set up; else only before_complete methods
  console_id text NOT NULL,              -- of the console certificate it was opened with
  begun_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  last_used_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ends_at timestamptz NOT NULL,
  ended_at timestamptz
);
CREATE INDEX console_session_user ON console_session (user_id) WHERE ended_at IS NULL;
CREATE TABLE console_certificate (
  certificate_sha256 bytea PRIMARY KEY CHECK (length(certificate_sha256) = 32),
  console_id uuid NOT NULL,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  not_after timestamptz NOT NULL,
  issued_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  revoked_at timestamptz
);
CREATE TABLE approval (
  approval_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  method text NOT NULL,
  act_sha256 bytea NOT NULL CHECK (length(act_sha256) = 32),  -- of method and the request without its approval id
  summary_ja text NOT NULL CHECK (length(summary_ja) <= 300),
  summary_en text NOT NULL CHECK (length(summary_en) <= 300),
  institution_code char(10),             -- NULL: about the whole organisation
  proposer text NOT NULL REFERENCES console_user (user_id),
  proposed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz NOT NULL,
  approver text REFERENCES console_user (user_id),
  decided_at timestamptz,
  approved boolean,
  used_at timestamptz,
  CHECK (approver IS NULL OR NOT approved OR approver <> proposer)
);
CREATE TABLE break_glass_code (
  code_hash text PRIMARY KEY,
  made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  void_at timestamptz,
  used_at timestamptz
);
CREATE TABLE break_glass_use (
  use_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  code_hash text NOT NULL UNIQUE REFERENCES break_glass_code (code_hash),
  used_by text NOT NULL REFERENCES console_user (user_id),
  used_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  act text NOT NULL CHECK (length(act) <= 300),
  review_due timestamptz NOT NULL,
  reviewed_by text REFERENCES console_user (user_id) CHECK (reviewed_by <> used_by),
  reviewed_at timestamptz,
  finding text CHECK (length(finding) <= 1000)
);

-- --- mail and notices ----------------------------------------------------------------------------------------------------------------
CREATE TABLE outgoing_mail (
  mail_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  recipient text NOT NULL CHECK (length(recipient) <= 254),
  kind text NOT NULL,
  sealed bytea NOT NULL CHECK (length(sealed) <= 65536),  -- subject and text: may hold a first password; deleted with the row when delivered
  attempts integer NOT NULL DEFAULT 0,
  next_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  give_up_at timestamptz NOT NULL,
  last_code integer NOT NULL DEFAULT 0
);
CREATE TABLE notice (
  notice_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  kind text NOT NULL,
  about text NOT NULL DEFAULT '' CHECK (length(about) <= 200),  -- what it is about, no person: institution code, application number, date
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (kind, about)                   -- raised once
);
CREATE TABLE notice_read (
  notice_id uuid NOT NULL REFERENCES notice (notice_id),
  user_id text NOT NULL REFERENCES console_user (user_id),
  PRIMARY KEY (notice_id, user_id)
);

-- --- press and trail -----------------------------------------------------------------------------------------------------------------
ALTER TABLE press ADD COLUMN operator_code text;  -- who stood at the desk; NULL where the policy asks for nobody
CREATE INDEX press_opened ON press (opened_at);   -- the oldest are forgotten as new ones come; the trail keeps what they were
ALTER TABLE audit_event
  ADD COLUMN operator_code text,
  ADD COLUMN actor text CHECK (length(actor) <= 64);  -- user of the console, "desk", "server", "root"
CREATE INDEX audit_event_account ON audit_event (account_id) WHERE account_id IS NOT NULL;

-- --- what a server may do ------------------------------------------------------------------------------------------------------------
GRANT SELECT, INSERT ON application_step, account_step, application_attachment TO madoguchi_server;
GRANT UPDATE (content) ON application_attachment TO madoguchi_server;
GRANT SELECT, INSERT, UPDATE ON institution, application, device_account, activation_code,
  sealed_sheet, log_in_failure, desk, enrolment_token, desk_certificate, late_renewal, activation, desk_log_in, staff, operator_sign_in,
  console_user, console_log_in_failure, console_user_institution, recovery_code, password_reset, console_session, approval, break_glass_code, break_glass_use,
  outgoing_mail, notice, notice_read TO madoguchi_server;
GRANT SELECT ON console_certificate TO madoguchi_server;
GRANT UPDATE (revoked_at) ON console_certificate TO madoguchi_server;
-- Secrets are destroyed, sessions and locks end, what ended is forgotten after a while: the only deletions there are.
GRANT DELETE ON approval, console_session, sealed_sheet, log_in_failure, console_log_in_failure, desk_log_in, operator_sign_in, outgoing_mail, console_user_institution, recovery_code,
  password_reset TO madoguchi_server;
GRANT INSERT (operator_code) ON press TO madoguchi_server;
GRANT DELETE ON press TO madoguchi_server;
GRANT INSERT (operator_code, actor) ON audit_event TO madoguchi_server;
