using System.Globalization;
using Npgsql;
using Tenfold.Core.Ledger;

namespace Tenfold.Sql.Postgres;

/// <summary>Connections to a PostgreSQL address.</summary>
internal static class PostgresSource
{
    /// <exception cref="LedgerException">A parameter has a value that there is not.</exception>
    public static NpgsqlDataSource Create(PostgresAddress address)
    {
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = address.Host,
            Port = address.Port,
            Username = address.User,
            Password = address.Password,
            Database = address.Database,
            SearchPath = $"\"{address.Schema}\"",
            ApplicationName = "tenfold",
            // A program of ours does one thing at a time, and a server shared by many has few to give.
            MaxPoolSize = 10,
            Timeout = 10,
            CommandTimeout = 60,
            TcpKeepAlive = true,
            IncludeErrorDetail = false,
        };
        foreach (var (name, value) in address.Others) Set(settings, name, value);
        // The slim builder, with what it leaves out and is needed: it starts sooner.
        var builder = new NpgsqlSlimDataSourceBuilder(settings.ConnectionString);
        builder.EnableTransportSecurity();
        builder.EnableIntegratedSecurity();
        return builder.Build();
    }

    private static void Set(NpgsqlConnectionStringBuilder settings, string name, string value)
    {
        switch (name)
        {
            case "sslmode":
                settings.SslMode = value switch
                {
                    "disable" => SslMode.Disable,
                    "allow" => SslMode.Allow,
                    "prefer" => SslMode.Prefer,
                    "require" => SslMode.Require,
                    "verify-ca" => SslMode.VerifyCA,
                    "verify-full" => SslMode.VerifyFull,
                    _ => throw Fault("sslmode is one of disable, allow, prefer, require, verify-ca, verify-full"),
                };
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
                settings.Timeout = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 1024 ? seconds : throw Fault("connect_timeout is a number of seconds from 1 to 1024");
                break;
        }
    }

    private static LedgerException Fault(string fault) => new($"TENFOLD_LEDGER: {fault}.", isUnreadable: false);
}
