using System.Text;

namespace Tenfold.Cli.Commands;

/// <summary>Writes systemd units.</summary>
/// <remarks>
/// Source: systemd.service(5), systemd.unit(5), systemd.kill(5). KillMode=mixed sends SIGTERM to the agent alone, which then ends its
/// commands by the worker contract. StartLimitIntervalSec=0 lets systemd start the agent again however often it fails.
/// </remarks>
internal static class UnitText
{
    // After the drain the commands get their 30 s, and then the agent uploads what they wrote.
    private const int StopMargin = 120;

    /// <summary>Writes the unit of an agent that serves a pool.</summary>
    public static string Write(UnitSettings settings)
    {
        var command = new StringBuilder().Append(Quote(settings.Program))
            .Append(" agent serve --pool ").Append(Quote(settings.Pool)).Append(" --store ").Append(Quote(settings.Store))
            .Append(" --drain-for ").Append(settings.DrainSeconds);
        foreach (var name in settings.Secrets) command.Append(" --secret ").Append(Quote(name));
        foreach (var name in settings.Variables) command.Append(" --pass ").Append(Quote(name));
        return $"""
            [Unit]
            Description=Tenfold agent of the pool {settings.Pool}
            Wants=network-online.target
            After=network-online.target
            StartLimitIntervalSec=0

            [Service]
            User={settings.User}
            Environment={Quote($"TENFOLD_HOME={settings.Home}")}
            # NAME=value lines: secrets, and credentials of the store. Only root can read the file with mode 600.
            EnvironmentFile=-/etc/tenfold/agent.env
            ExecStart={command}
            Restart=on-failure
            RestartSec=10
            KillMode=mixed
            TimeoutStopSec={settings.DrainSeconds + StopMargin}

            [Install]
            WantedBy=multi-user.target

            """;
    }

    // systemd replaces % and $, and splits at spaces.
    private static string Quote(string text)
    {
        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("%", "%%", StringComparison.Ordinal).Replace("$", "$$", StringComparison.Ordinal);
        return text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or ':' or '=' or ',' or '@')
            ? text : $"\"{escaped}\"";
    }
}

/// <summary>What a unit is about.</summary>
/// <param name="Program">The path of this program.</param>
/// <param name="Pool">The pool.</param>
/// <param name="Store">The URL of the pool's store.</param>
/// <param name="User">The user under which the agent runs.</param>
/// <param name="Home">The agent's home folder.</param>
internal sealed record UnitSettings(string Program, string Pool, string Store, string User, string Home)
{
    /// <summary>The variables that runs may get as secrets.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>The variables that every run gets.</summary>
    public IReadOnlyList<string> Variables { get; init; } = [];

    /// <summary>For how many seconds runs may continue after SIGTERM.</summary>
    public required int DrainSeconds { get; init; }
}
