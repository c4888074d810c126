using System.Globalization;
using System.Net;
using Tenfold.Core.Ledger;

namespace Tenfold.Sql.Postgres;

/// <summary>
/// The address of a PostgreSQL ledger, parsed from a libpq URL: <c>postgres://user:password@host:port/database?sslmode=require</c>.
/// </summary>
/// <remarks>
/// Source: PostgreSQL documentation, 34.1.1.2 "Connection URIs". Only one host is supported. Missing parts come from <c>PGHOST</c>,
/// <c>PGPORT</c>, <c>PGUSER</c>, <c>PGPASSWORD</c>, <c>PGPASSFILE</c> and <c>PGDATABASE</c>. No message quotes the URL, because parts of
/// a password with unencoded characters may have ended up anywhere in it.
/// </remarks>
internal sealed record PostgresAddress
{
    /// <summary>The schema of the tables when the URL names none.</summary>
    public const string DefaultSchema = "tenfold";

    // Allows connections without TLS to other machines.
    private const string PlainText = "TENFOLD_LEDGER_PLAINTEXT";

    private static readonly string[] Known =
    [
        "host", "port", "user", "password", "dbname", "sslmode", "sslrootcert", "sslcert", "sslkey", "sslpassword", "sslnegotiation",
        "channel_binding", "gssencmode", "passfile", "connect_timeout", "target_session_attrs", "keepalives", "keepalives_idle",
        "keepalives_interval", "keepalives_count", "application_name", "options", "search_path",
    ];

    /// <summary>A host name, an address, or the folder of a Unix socket.</summary>
    public required string Host { get; init; }

    public required int Port { get; init; }

    /// <summary>The user; null for PGUSER, or else the user of this process.</summary>
    public string? User { get; init; }

    /// <summary>The password; null for PGPASSWORD, or else the password file.</summary>
    public string? Password { get; init; }

    public required string Database { get; init; }

    public required string Schema { get; init; }

    /// <summary>True for a server on another machine.</summary>
    public bool IsRemote => !Host.Contains('/') && Host is not ("localhost" or "") && !(IPAddress.TryParse(Host, out var ip)
        && IPAddress.IsLoopback(ip));

    /// <summary>
    /// How the connection is encrypted, in the words of libpq. Default: <c>require</c> for a remote server, else <c>prefer</c>.
    /// </summary>
    public string SslMode => Others.GetValueOrDefault("sslmode") ?? (IsRemote ? "require" : "prefer");

    /// <summary>What is weak about the connection, and what to do; null when nothing is.</summary>
    public string? Weakness => !IsRemote || SslMode is "verify-ca" or "verify-full" ? null
        : SslMode == "require"
            ? $"the connection to {Host} is encrypted, but anyone who can redirect it can pose as the server: use sslmode=verify-full"
            : $"the connection to {Host} may be unencrypted: use sslmode=verify-full";

    /// <summary>The other parameters, by their libpq names.</summary>
    public required IReadOnlyDictionary<string, string> Others { get; init; }

    /// <summary>The address for messages; without the password.</summary>
    public override string ToString()
    {
        var host = Host.Contains('/') ? Uri.EscapeDataString(Host) : Host.Contains(':') ? $"[{Host}]" : Host;
        var schema = Schema == DefaultSchema ? "" : $"?search_path={Uri.EscapeDataString(Schema)}";
        var user = User is null ? "" : Uri.EscapeDataString(User) + "@";
        return $"postgresql://{user}{host}:{Port}/{Uri.EscapeDataString(Database)}{schema}";
    }

    /// <summary>True for a URL with the scheme of a PostgreSQL database, valid or not.</summary>
    public static bool IsPostgres(string url) =>
        url.StartsWith("postgres:", StringComparison.OrdinalIgnoreCase)
            || url.StartsWith("postgresql:", StringComparison.OrdinalIgnoreCase);

    /// <summary>Parses a URL.</summary>
    /// <exception cref="LedgerException">The URL is invalid. The message says what is wrong, but never quotes the URL.</exception>
    public static PostgresAddress Parse(string url)
    {
        var rest = url[(url.IndexOf(':') + 1)..];
        if (!rest.StartsWith("//", StringComparison.Ordinal)) throw Fault("it does not begin with postgres://");
        rest = rest[2..];
        var end = rest.IndexOfAny(['/', '?']);
        var (authority, path) = end < 0 ? (rest, "") : (rest[..end], rest[end..]);
        var parameters = Parameters(ref path);
        if (path.Contains('@') || path.LastIndexOf('/') > 0) throw Fault("the name of its database contains an @ or a /");
        var at = authority.LastIndexOf('@');
        var colon = at < 0 ? -1 : authority.IndexOf(':', 0, at);
        var (user, password) = at < 0 ? (null, null) : Split(authority[..at], colon);
        var (host, port) = HostAndPort(authority[(at + 1)..]);
        user = Decode(user) ?? Taken(parameters, "user") ?? Environment("PGUSER") ?? System.Environment.UserName;
        var address = new PostgresAddress
        {
            Host = Decode(host) ?? Taken(parameters, "host") ?? Environment("PGHOST") ?? "localhost",
            Port = PortOf(port ?? Taken(parameters, "port") ?? Environment("PGPORT") ?? "5432"),
            User = user,
            Password = Decode(password) ?? Taken(parameters, "password"),
            Database = Decode(path.TrimStart('/')) ?? Taken(parameters, "dbname") ?? Environment("PGDATABASE") ?? user,
            Schema = SchemaOf(Taken(parameters, "search_path") ?? DefaultSchema),
            Others = parameters,
        };
        if (address.IsRemote && address.SslMode is "disable" or "allow" or "prefer" && Environment(PlainText) is null)
        {
            throw new LedgerException(
                $"TENFOLD_LEDGER would send the password and all records to {address.Host} unencrypted, or let anyone on the way ask for " +
                $"that (sslmode={address.SslMode}). Write sslmode=verify-full, or require; or set {PlainText}=1 if the way is protected.",
                isUnreadable: false);
        }

        return address;
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
                throw Fault($"it has an unknown parameter; the known ones are {string.Join(", ", Known)}");
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
        if (close < 0 || (close + 1 < text.Length && text[close + 1] != ':')) throw Fault("its IPv6 address doesn't end in ]");
        return (text[1..close], close + 2 < text.Length ? text[(close + 2)..] : null);
    }

    private static (string? First, string? Second) Split(string text, int at) => at < 0 ? (text, null) : (text[..at], text[(at + 1)..]);

    private static int PortOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536
            ? port
            : throw Fault("its port is not a number from 1 to 65535");

    private static string SchemaOf(string text) =>
        text.Length is > 0 and < 64 && !text.Contains(',') && !text.Contains('"') && !text.Contains('\0')
            ? text
            : throw Fault("its search_path is not the name of one schema");

    private static string? Taken(Dictionary<string, string> parameters, string name) =>
        parameters.Remove(name, out var value) && value.Length > 0 ? value : null;

    private static string? Environment(string name) =>
        System.Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    // Stricter than Uri, because an incomplete escape may be part of an unencoded password.
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
        $"TENFOLD_LEDGER is not the address of a PostgreSQL ledger: {fault}. " +
        "Write postgres://user:password@host:port/database?sslmode=require. In a password, write the characters % @ : / ? # & as " +
        "%25 %40 %3A %2F %3F %23 %26; or leave the password out and set PGPASSWORD or PGPASSFILE.",
        isUnreadable: false);
}
