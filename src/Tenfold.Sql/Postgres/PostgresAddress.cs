using System.Globalization;
using Tenfold.Core.Ledger;

namespace Tenfold.Sql.Postgres;

/// <summary>
/// Where a PostgreSQL ledger is, read from a URL as libpq has it: <c>postgres://user:password@host:port/database?sslmode=require</c>.
/// </summary>
/// <remarks>
/// Source: PostgreSQL documentation, 34.1.1.2 "Connection URIs". One host. What the URL leaves out comes from <c>PGHOST</c>,
/// <c>PGPORT</c>, <c>PGUSER</c>,
/// <c>PGPASSWORD</c>, <c>PGPASSFILE</c> and <c>PGDATABASE</c>. No message quotes the URL: a password with a character that must be encoded
/// may have ended up in any part of it.
/// </remarks>
internal sealed record PostgresAddress
{
    /// <summary>The schema of the tables when the URL names none.</summary>
    public const string DefaultSchema = "tenfold";

    private static readonly string[] Known =
    [
        "host", "port", "user", "password", "dbname", "sslmode", "sslrootcert", "sslcert", "sslkey", "sslpassword", "sslnegotiation",
        "channel_binding", "gssencmode", "passfile", "connect_timeout",
        "target_session_attrs", "keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "application_name", "options",
        "search_path",
    ];

    /// <summary>A name, an address, or the folder of a Unix socket.</summary>
    public required string Host { get; init; }

    public required int Port { get; init; }

    /// <summary>Null: the user of this process, or what PGUSER says.</summary>
    public string? User { get; init; }

    /// <summary>Null: what PGPASSWORD or the password file says.</summary>
    public string? Password { get; init; }

    public required string Database { get; init; }

    public required string Schema { get; init; }

    /// <summary>The other parameters, by libpq's names.</summary>
    public required IReadOnlyDictionary<string, string> Others { get; init; }

    /// <summary>The address for messages; without the password.</summary>
    public override string ToString()
    {
        var host = Host.Contains('/') ? Uri.EscapeDataString(Host) : Host.Contains(':') ? $"[{Host}]" : Host;
        var schema = Schema == DefaultSchema ? "" : $"?search_path={Uri.EscapeDataString(Schema)}";
        var user = User is null ? "" : Uri.EscapeDataString(User) + "@";
        return $"postgresql://{user}{host}:{Port}/{Uri.EscapeDataString(Database)}{schema}";
    }

    /// <summary>True for what is meant as the URL of a PostgreSQL database.</summary>
    public static bool IsOne(string url) =>
        url.StartsWith("postgres:", StringComparison.OrdinalIgnoreCase)
            || url.StartsWith("postgresql:", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a URL.</summary>
    /// <exception cref="LedgerException">It is none; says what is wrong, and never quotes it.</exception>
    public static PostgresAddress Parse(string url)
    {
        var rest = url[(url.IndexOf(':') + 1)..];
        if (!rest.StartsWith("//", StringComparison.Ordinal)) throw Fault("it does not begin with postgres://");
        rest = rest[2..];
        var end = rest.IndexOfAny(['/', '?']);
        var (authority, path) = end < 0 ? (rest, "") : (rest[..end], rest[end..]);
        var parameters = Parameters(ref path);
        if (path.Contains('@') || path.LastIndexOf('/') > 0) throw Fault("its database's name has an @ or a / in it");
        var at = authority.LastIndexOf('@');
        var (user, password) = at < 0 ? (null, null)
            : Split(authority[..at], authority.IndexOf(':') is var colon && colon < at ? colon : -1);
        var (host, port) = HostAndPort(authority[(at + 1)..]);
        user = Decode(user) ?? Taken(parameters, "user") ?? Environment("PGUSER") ?? System.Environment.UserName;
        return new PostgresAddress
        {
            Host = Decode(host) ?? Taken(parameters, "host") ?? Environment("PGHOST") ?? "localhost",
            Port = PortOf(port ?? Taken(parameters, "port") ?? Environment("PGPORT") ?? "5432"),
            User = user,
            Password = Decode(password) ?? Taken(parameters, "password"),
            Database = Decode(path.TrimStart('/')) ?? Taken(parameters, "dbname") ?? Environment("PGDATABASE") ?? user,
            Schema = SchemaOf(Taken(parameters, "search_path") ?? DefaultSchema),
            Others = parameters,
        };
    }

    private static Dictionary<string, string> Parameters(ref string path)
    {
        var parameters = new Dictionary<string, string>();
        var question = path.IndexOf('?');
        if (question < 0) return parameters;
        foreach (var pair in path[(question + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = Split(pair, pair.IndexOf('='));
            if (value is null || !Known.Contains(name))
                throw Fault($"it has a parameter that is not known; those known are {string.Join(", ", Known)}");
            parameters[name!] = Decode(value) ?? "";
        }

        path = path[..question];
        return parameters;
    }

    private static (string? Host, string? Port) HostAndPort(string text)
    {
        if (text.Contains(',')) throw Fault("it names several hosts; name one, such as the address of a proxy that finds the primary");
        if (!text.StartsWith('[')) return Split(text, text.LastIndexOf(':'));
        var close = text.IndexOf(']');
        if (close < 0 || (close + 1 < text.Length && text[close + 1] != ':')) throw Fault("its IPv6 address is not closed by ]");
        return (text[1..close], close + 2 < text.Length ? text[(close + 2)..] : null);
    }

    private static (string? First, string? Second) Split(string text, int at) => at < 0 ? (text, null) : (text[..at], text[(at + 1)..]);

    private static int PortOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536 ? port
            : throw Fault("its port is no number from 1 to 65535");

    private static string SchemaOf(string text) =>
        text.Length is > 0 and < 64 && !text.Contains(',') && !text.Contains('"') && !text.Contains('\0')
            ? text
            : throw Fault("its search_path is not the name of one schema");

    private static string? Taken(Dictionary<string, string> parameters, string name) =>
        parameters.Remove(name, out var value) && value.Length > 0 ? value : null;

    private static string? Environment(string name) =>
        System.Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    // Strict: what Uri would let pass might be a password that was not encoded.
    private static string? Decode(string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        for (var at = text.IndexOf('%'); at >= 0; at = text.IndexOf('%', at + 1))
            if (at + 2 >= text.Length || !char.IsAsciiHexDigit(text[at + 1]) || !char.IsAsciiHexDigit(text[at + 2])
                || text.AsSpan(at + 1, 2) is "00")
                throw Fault("it has a % that is not followed by two hexadecimal digits");
        return Uri.UnescapeDataString(text);
    }

    private static LedgerException Fault(string fault) => new(
        $"TENFOLD_LEDGER is no address of a PostgreSQL ledger: {fault}. It reads " +
        "postgres://user:password@host:port/database?sslmode=require; in a password the characters % @ : / ? # & are written as %25 %40 " +
        "%3A %2F %3F %23 %26, or leave it out and set PGPASSWORD or PGPASSFILE.",
        isUnreadable: false);
}
