using System.Collections;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Tenfold.App;
using Tenfold.Core.Hosts;
using Tenfold.Core.Ledger;
using Tenfold.Core.Platform;
using Tenfold.Core.Snapshots;

namespace Tenfold.Cli;

/// <summary>Opens the services for the user of this process, as its environment variables say.</summary>
internal static class ProcessServices
{
    /// <summary>Opens the services.</summary>
    /// <param name="logs">Where the services log; null for nowhere.</param>
    /// <param name="onDamaged">Tells of the ledger's damaged records, which lists leave out; null: the services log them.</param>
    /// <exception cref="CommandException">
    /// An environment variable has a value that can't be used, or the home belongs to another user.
    /// </exception>
    public static Services Open(ILoggerFactory? logs = null, Action<DamagedRecord>? onDamaged = null)
    {
        var environment = ReadVariables();
        var home = HomeIn(environment);
        // Another user may have made it first, to be handed the secrets.
        if (PrivateFolder.Close(home) is { } fault) throw new CommandException(ExitCodes.CannotWrite, fault);
        var options = new ServiceOptions
        {
            Home = home,
            Ledger = environment.GetValueOrDefault("TENFOLD_LEDGER"),
            LedgerPatience = PatienceIn(environment),
            OnDamaged = onDamaged,
            Session = new UserSession
            {
                Environment = environment,
                User = Environment.UserName,
                Machine = Environment.MachineName,
                HomeFolder = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
                WorkingFolder = WorkingFolder(),
            },
        };
        return Services.Open(logs is null ? options : options with { Logs = logs });
    }

    /// <summary>Where what a command writes for its user is recorded, without opening the home's ledger.</summary>
    public static OwnOutputs OpenOutputs()
    {
        var home = HomeIn(ReadVariables());
        if (PrivateFolder.Close(home) is { } fault) throw new CommandException(ExitCodes.CannotWrite, fault);
        return Services.OutputsOf(home);
    }

    /// <summary>The environment variables of this process.</summary>
    public static Dictionary<string, string> ReadVariables()
    {
        // A loop, since Linq over structs is compiled anew at each start.
        var environment = new Dictionary<string, string>();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            environment.Add((string)variable.Key, (string)variable.Value!);
        return environment;
    }

    private static string HomeIn(Dictionary<string, string> environment)
    {
        if (environment.GetValueOrDefault("TENFOLD_HOME") is { Length: > 0 } named) return Path.GetFullPath(named);
        const Environment.SpecialFolder profile = Environment.SpecialFolder.UserProfile;
        return Path.Combine(Environment.GetFolderPath(profile, Environment.SpecialFolderOption.DoNotVerify), ".tenfold");
    }

    // The folder may have been removed since the shell entered it.
    private static string? WorkingFolder()
    {
        try
        {
            return Environment.CurrentDirectory;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static TimeSpan? PatienceIn(Dictionary<string, string> environment)
    {
        const string name = "TENFOLD_LEDGER_PATIENCE";
        if (environment.GetValueOrDefault(name) is not { Length: > 0 } text) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) return TimeSpan.FromSeconds(seconds);
        throw new CommandException(ExitCodes.BadInput, $"{name} must be a whole number of seconds, not '{text}'");
    }
}
