using System.Globalization;
using Npgsql;
using Tenfold.Core.Ledger;

namespace Tenfold.Sql.Postgres;

/// <summary>Creates the connection pool for a PostgreSQL address.</summary>
internal static class PostgresSource
{
    /// <summary>Creates the pool.</summary>
    /// <param name="address">The address.</param>
    /// <param name="onPasswordAsked">Called when a server asks for a password; one without password authentication never does.</param>
    /// <exception cref="LedgerException">A parameter has an invalid value.</exception>
    public static NpgsqlDataSource Create(PostgresAddress address, Action onPasswordAsked)
    {
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = address.Host,
            Port = address.Port,
            Username = address.User,
            Database = address.Database,
            SearchPath = $"\"{address.Schema}\"",
            ApplicationName = "tenfold",
            // A process needs few connections at once, and a shared server has few to give.
            MaxPoolSize = 10,
            Timeout = 10,
            CommandTimeout = 60,
            TcpKeepAlive = true,
            // A batch repeats a statement up to a thousand times: from the third time on, it needs no parsing and planning.
            MaxAutoPrepare = 40,
            AutoPrepareMinUsages = 3,
            IncludeErrorDetail = false,
        };
        settings.SslMode = SslModeOf(address.SslMode);
        foreach (var (name, value) in address.Others) Set(settings, name, value);
        // The slim builder starts faster; the features that it leaves out are added here.
        var builder = new NpgsqlSlimDataSourceBuilder(settings.ConnectionString);
        // When the provider returns null, Npgsql continues with PGPASSWORD and the password file.
        builder.UsePasswordProvider(_ => AskedFor(), (_, _) => ValueTask.FromResult(AskedFor()));
        builder.EnableTransportSecurity();
        builder.EnableIntegratedSecurity();
        return builder.Build();

        string AskedFor()
        {
            onPasswordAsked();
            return address.Password!;
        }
    }

    private static void Set(NpgsqlConnectionStringBuilder settings, string name, string value)
    {
        switch (name)
        {
            case "target_session_attrs":
                // With a single host there is nothing to choose, and a server that can't be written reports it.
                if (value is not ("any" or "read-write" or "primary"))
                    throw Fault("target_session_attrs must be one of any, read-write, primary, because a ledger is written");
                break;
            case "keepalives":
                settings.TcpKeepAlive = value != "0";
                break;
            case "keepalives_idle":
                settings.TcpKeepAliveTime = Seconds(name, value);
                break;
            case "keepalives_interval":
                settings.TcpKeepAliveInterval = Seconds(name, value);
                break;
            case "passfile":
                settings.Passfile = value;
                break;
            case "application_name":
                settings.ApplicationName = value;
                break;
            case "options":
                settings.Options = value;
                break;
            case "connect_timeout":
                settings.Timeout = Seconds(name, value);
                break;
            default:
                SetSecurity(settings, name, value);
                break;
        }
    }

    private static void SetSecurity(NpgsqlConnectionStringBuilder settings, string name, string value)
    {
        switch (name)
        {
            case "sslmode":
                settings.SslMode = SslModeOf(value);
                break;
            case "sslrootcert":
                settings.RootCertificate = value;
                break;
            case "sslcert":
                settings.SslCertificate = value;
                break;
            case "sslkey":
                settings.SslKey = value;
                break;
            case "sslpassword":
                settings.SslPassword = value;
                break;
            case "sslnegotiation":
                settings.SslNegotiation = SslNegotiationOf(value);
                break;
            case "channel_binding":
                settings.ChannelBinding = ChannelBindingOf(value);
                break;
            case "gssencmode":
                settings.GssEncryptionMode = GssEncryptionModeOf(value);
                break;
        }
    }

    private static SslMode SslModeOf(string value) => value switch
    {
        "disable" => SslMode.Disable,
        "allow" => SslMode.Allow,
        "prefer" => SslMode.Prefer,
        "require" => SslMode.Require,
        "verify-ca" => SslMode.VerifyCA,
        "verify-full" => SslMode.VerifyFull,
        _ => throw Fault("sslmode must be one of disable, allow, prefer, require, verify-ca, verify-full"),
    };

    private static SslNegotiation SslNegotiationOf(string value) => value switch
    {
        "postgres" => SslNegotiation.Postgres,
        "direct" => SslNegotiation.Direct,
        _ => throw Fault("sslnegotiation must be one of postgres, direct"),
    };

    private static ChannelBinding ChannelBindingOf(string value) => value switch
    {
        "disable" => ChannelBinding.Disable,
        "prefer" => ChannelBinding.Prefer,
        "require" => ChannelBinding.Require,
        _ => throw Fault("channel_binding must be one of disable, prefer, require"),
    };

    private static GssEncryptionMode GssEncryptionModeOf(string value) => value switch
    {
        "disable" => GssEncryptionMode.Disable,
        "prefer" => GssEncryptionMode.Prefer,
        "require" => GssEncryptionMode.Require,
        _ => throw Fault("gssencmode must be one of disable, prefer, require"),
    };

    private static int Seconds(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 1024
            ? seconds
            : throw Fault($"{name} must be a number of seconds from 1 to 1024");

    private static LedgerException Fault(string fault) => new($"TENFOLD_LEDGER: {fault}.", isUnreadable: false);
}
