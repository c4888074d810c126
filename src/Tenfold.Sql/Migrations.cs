namespace Tenfold.Sql;

/// <summary>The ledger's tables, as the list of steps that made them. A step that was ever released is never changed: add another.</summary>
/// <remarks>Times are Unix milliseconds, durations milliseconds, states lower-case words. A metric's NaN is NULL, since SQLite has no NaN.</remarks>
internal static class Migrations
{
    /// <summary>Step n brings the ledger from version n to n + 1.</summary>
    public static IReadOnlyList<string> Steps { get; } =
    [
        """
        CREATE TABLE groups (
            seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, project TEXT NOT NULL, root TEXT NOT NULL, target TEXT NOT NULL,
            created_at BIGINT NOT NULL, host TEXT NOT NULL, version TEXT NOT NULL, base_seed BIGINT NOT NULL, repeat INTEGER NOT NULL,
            like_run TEXT, git_commit TEXT, git_branch TEXT, git_dirty INTEGER, metric TEXT, spec TEXT NOT NULL);
        CREATE TABLE runs (
            seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, group_id TEXT NOT NULL REFERENCES groups (id), repeat INTEGER NOT NULL,
            seed BIGINT NOT NULL, state TEXT NOT NULL, reason TEXT, created_at BIGINT NOT NULL, started_at BIGINT, ended_at BIGINT,
            attempts INTEGER NOT NULL, cancel_asked_at BIGINT, UNIQUE (group_id, repeat));
        CREATE INDEX runs_by_state ON runs (state, seq);
        CREATE TABLE attempts (
            id TEXT NOT NULL PRIMARY KEY, run_id TEXT NOT NULL REFERENCES runs (id), number INTEGER NOT NULL, state TEXT NOT NULL,
            reason TEXT, created_at BIGINT NOT NULL, started_at BIGINT, ended_at BIGINT, exit_code INTEGER, signal INTEGER, host TEXT,
            peak_memory_bytes BIGINT, cpu_ms BIGINT, UNIQUE (run_id, number));
        CREATE INDEX attempts_by_state ON attempts (state);
        CREATE TABLE metrics (
            attempt_id TEXT NOT NULL REFERENCES attempts (id), name TEXT NOT NULL, count BIGINT NOT NULL, non_finite BIGINT NOT NULL,
            first DOUBLE PRECISION, last DOUBLE PRECISION, min DOUBLE PRECISION, max DOUBLE PRECISION, last_step BIGINT NOT NULL,
            series TEXT NOT NULL, PRIMARY KEY (attempt_id, name));
        CREATE TABLE events (
            seq INTEGER PRIMARY KEY, at BIGINT NOT NULL, subject TEXT NOT NULL, kind TEXT NOT NULL, detail TEXT);
        CREATE INDEX events_by_subject ON events (subject, seq);
        """,
        """
        CREATE TABLE studies (
            seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, project TEXT NOT NULL, root TEXT NOT NULL, target TEXT NOT NULL,
            created_at BIGINT NOT NULL, host TEXT NOT NULL, version TEXT NOT NULL, git_commit TEXT, git_branch TEXT, git_dirty INTEGER,
            state TEXT NOT NULL, reason TEXT, ended_at BIGINT, spec TEXT NOT NULL);
        ALTER TABLE groups ADD COLUMN study_id TEXT REFERENCES studies (id);
        CREATE INDEX groups_by_study ON groups (study_id, seq);
        CREATE TABLE trials (
            study_id TEXT NOT NULL REFERENCES studies (id), number INTEGER NOT NULL, parameters TEXT NOT NULL, method TEXT NOT NULL,
            reason TEXT NOT NULL, seed BIGINT NOT NULL, asked_at BIGINT NOT NULL, group_id TEXT REFERENCES groups (id), again INTEGER,
            state TEXT NOT NULL, results TEXT NOT NULL, why TEXT, ended_at BIGINT, PRIMARY KEY (study_id, number));
        CREATE TABLE rungs (
            study_id TEXT NOT NULL, trial INTEGER NOT NULL, rung BIGINT NOT NULL, value DOUBLE PRECISION, at BIGINT NOT NULL,
            is_pruned INTEGER NOT NULL, against DOUBLE PRECISION, PRIMARY KEY (study_id, trial, rung),
            FOREIGN KEY (study_id, trial) REFERENCES trials (study_id, number));
        ALTER TABLE runs ADD COLUMN cancel_reason TEXT;
        """,
        """
        CREATE TABLE facts (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);
        CREATE TABLE leases (name TEXT NOT NULL PRIMARY KEY, holder TEXT, token BIGINT NOT NULL, until BIGINT NOT NULL);
        """,
    ];
}
