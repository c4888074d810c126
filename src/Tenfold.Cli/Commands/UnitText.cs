using System.Globalization;
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
        if (settings.Idle is { } idle) command.Append(CultureInfo.InvariantCulture, $" --idle {idle.TotalSeconds:0}s");
        if (settings.Lifetime is { } lifetime) command.Append(CultureInfo.InvariantCulture, $" --lifetime {lifetime.TotalSeconds:0}s");
        if (settings.Instance is { } instance) command.Append(" --instance ").Append(Quote(instance));
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
            {PowerBefore(settings)}ExecStart={command}
            {PowerAfter(settings)}Restart=on-failure
            RestartSec=10
            KillMode=mixed
            TimeoutStopSec={settings.DrainSeconds + StopMargin}

            [Install]
            WantedBy=multi-user.target

            """;
    }

    // The timer of systemd needs no agent, so the machine is off in time whatever happens to the agent. It outlives restarts of the agent,
    // and then can't be made again. + means as root.
    private static string PowerBefore(UnitSettings settings) => settings.Lifetime is not { } lifetime ? "" : string.Create(
        CultureInfo.InvariantCulture,
        $"ExecStartPre=-+/usr/bin/systemd-run --unit=tenfold-lifetime --on-boot={lifetime.TotalSeconds:0}s /usr/bin/systemctl poweroff\n");

    private static string PowerAfter(UnitSettings settings) => (settings.Idle ?? settings.Lifetime) is null ? "" : $"""
        # The agent has nothing to do, or the machine's lifetime is over.
        SuccessExitStatus={ExitCodes.MachineDone}
        ExecStopPost=+/bin/sh -c 'test "$$EXIT_STATUS" != {ExitCodes.MachineDone} || exec /usr/bin/systemctl poweroff'

        """;

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

    /// <summary>How long the machine may have nothing to do before it is switched off; null for ever.</summary>
    public TimeSpan? Idle { get; init; }

    /// <summary>How long after its boot the machine is switched off; null for never.</summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>The instance that the machine is; null to ask the metadata service.</summary>
    public string? Instance { get; init; }

    /// <summary>For how many seconds runs may continue after SIGTERM.</summary>
    public required int DrainSeconds { get; init; }
}
