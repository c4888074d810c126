namespace Tenfold.Sql.Requests;

/// <summary>The request log's tables, as the list of steps that create them. Never change a released step: add another.</summary>
/// <remarks>
/// Times are Unix milliseconds. A body is stored exactly as it was sent: in <c>…_json</c> if it is JSON text, otherwise in
/// <c>…_bytes</c>. PostgreSQL's JSON type keeps the text, whereas JSONB would drop the order of keys, duplicate keys and more.
/// </remarks>
internal static class RequestMigrations
{
    public static IReadOnlyList<Migration> Steps { get; } =
    [
        new("""
        CREATE TABLE requests (
            id IDTEXT NOT NULL PRIMARY KEY, at BIGINT NOT NULL, model TEXT NOT NULL, version TEXT, kind TEXT NOT NULL, shadow_of IDTEXT,
            arm TEXT, route_revision BIGINT NOT NULL, key TEXT, status INTEGER NOT NULL, outcome TEXT NOT NULL, latency_us BIGINT NOT NULL,
            model_latency_us BIGINT, client_id TEXT, client_time TEXT, caller TEXT, request_type TEXT, request_size BIGINT NOT NULL,
            request_cut INTEGER NOT NULL, reply_type TEXT, reply_size BIGINT NOT NULL, reply_cut INTEGER NOT NULL, request_json JSONTEXT,
            request_bytes BLOB, reply_json JSONTEXT, reply_bytes BLOB);
        CREATE INDEX requests_by_model ON requests (model, at);
        CREATE INDEX requests_by_client ON requests (model, client_id) WHERE client_id IS NOT NULL;
        CREATE TABLE feedback (
            request_id IDTEXT NOT NULL, metric TEXT NOT NULL, value DOUBLE PRECISION NOT NULL, at BIGINT NOT NULL,
            PRIMARY KEY (request_id, metric));
        CREATE TABLE feedback_history (
            seq INTEGER PRIMARY KEY, request_id IDTEXT NOT NULL, metric TEXT NOT NULL, value DOUBLE PRECISION NOT NULL, at BIGINT NOT NULL,
            UNIQUE (request_id, metric, at, value));
        CREATE TABLE request_spools (
            id TEXT NOT NULL PRIMARY KEY, segment BIGINT NOT NULL, position BIGINT NOT NULL, loaded_at BIGINT NOT NULL,
            dropped BIGINT NOT NULL, torn BIGINT NOT NULL, damaged BIGINT NOT NULL);
        CREATE TABLE request_versions (
            model TEXT NOT NULL, version TEXT NOT NULL, inputs TEXT NOT NULL, outputs TEXT NOT NULL, PRIMARY KEY (model, version));
        CREATE TABLE requests_refused (
            id IDTEXT NOT NULL PRIMARY KEY, at BIGINT NOT NULL, model TEXT NOT NULL, reason TEXT NOT NULL, record BLOB NOT NULL);
        """),
    ];
}
