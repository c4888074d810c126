using System.CommandLine;
using Tenfold.Agent;
using Tenfold.App.Storage;
using Tenfold.App.Targets;
using Tenfold.Cli.Output;
using Tenfold.Core.Attempts;
using Tenfold.Core.Environments;
using Tenfold.Core.Hosts;
using Tenfold.Core.Platform;

namespace Tenfold.Cli.Commands;

/// <summary>
/// <c>tenfold agent run</c>: the agent that a target's job starts on any machine. It needs the store, but no ledger.
/// </summary>
internal static class AgentRunCommand
{
    private static readonly Option<string> Store = new("--store")
    {
        Description = "The URL of the store that describes the attempt and receives its reports.",
        Required = true,
    };

    private static readonly Option<string> Attempt = new("--attempt") { Description = "The id of the attempt.", Required = true };

    private static readonly Option<string?> AssignmentSha256 = new("--assignment-sha256")
    {
        Description = "The SHA-256 of the attempt's assignment. The agent refuses an assignment with another one. Default: no check.",
    };

    private static readonly Option<string?> Home = new("--home")
    {
        Description = "A folder on this machine for snapshots, environments, data and working folders. "
            + "Default: $TENFOLD_SCRATCH, else a private folder below $TMPDIR or /tmp.",
    };

    private static readonly Option<int> Grace = Seconds(
        "--grace", "Seconds from SIGTERM to SIGKILL when the run is cancelled, stopped early or at its own time limit.", 30);

    private static readonly Option<int> PreemptionGrace = Seconds(
        "--preemption-grace",
        "Seconds from SIGTERM to SIGKILL when the scheduler ends the job. A scheduler kills a job some time after its warning "
            + "(Slurm: 30 s by default), and the agent needs the rest of that time to upload what the command wrote.",
        20);

    private static readonly Option<int> StoreTimeout = Seconds(
        "--store-timeout", "For how many seconds to retry a store that does not answer, before and after the run.", 600);

    private static readonly Option<int> CheckpointInterval = Seconds(
        "--checkpoint-interval", "Seconds between checks for changed checkpoints.", 20);

    private static readonly Option<string?> Submission = new("--submission")
    {
        Description =
            "The attempts of the same submission, written as in the job's name. After a short attempt, the agent executes other attempts "
            + "of the submission that still wait, the last one first. Without this option, it executes only its own attempt.",
    };

    private static readonly Option<int> SharingTime = Seconds(
        "--share-for", "For how many seconds after its start the agent may begin other attempts of the submission.", 60);

    private static readonly Option[] Options =
        [Store, Attempt, AssignmentSha256, Home, Grace, PreemptionGrace, StoreTimeout, CheckpointInterval, Submission, SharingTime];

    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var description = "Execute one attempt. A target's jobs start this command; users don't need to."
            .WithExample("tenfold agent run --store s3://bucket/tenfold --attempt k7m2xqab-3-1");
        var command = new Command("run", description);
        foreach (var option in Options) command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(AssignmentSha256) is { } sha256 && !Digest.IsSha256(sha256))
                result.AddError("--assignment-sha256 needs 64 lower-case hexadecimal digits");
        });
        return command.WithAction(async (parsed, _) =>
        {
            using var signals = new ShutdownSignals();
            var settings = SettingsFrom(parsed);
            var agent = new JobAgent(settings, parsed.GetValue(Attempt)!)
            {
                AssignmentSha256 = parsed.GetValue(AssignmentSha256),
                SiblingSha256 = SiblingDigests.Read(
                    settings.Variables.GetValueOrDefault(SiblingDigests.Variable), settings.Host?.Siblings ?? []),
                SharingTime = SecondsFrom(parsed, SharingTime),
            };
            return await agent.RunAsync(signals.Requested) ? ExitCodes.Success : ExitCodes.CannotWrite;
        });
    }

    private static AgentSettings SettingsFrom(ParseResult parsed)
    {
        var time = TimeProvider.System;
        var store = StoreOpener.OpenForAgent(parsed.GetValue(Store)!, time).OrFail();
        var isFolder = !StoreOpener.IsRemote(store.Url);
        var variables = ProcessServices.ReadVariables();
        var host = TargetKinds.DetectHost(new HostContext(variables, parsed.GetValue(Submission), time));
        return new AgentSettings
        {
            Home = HomeOf(parsed.GetValue(Home)),
            Store = store,
            Machine = Environment.MachineName,
            Variables = variables,
            Origins = url => DataOrigins.Open(url, time).OrStoreException(),
            Time = time,
            Grace = SecondsFrom(parsed, Grace),
            PreemptionGrace = host.Traits.StopGrace ?? SecondsFrom(parsed, PreemptionGrace),
            StoreTimeout = SecondsFrom(parsed, StoreTimeout),
            CheckpointInterval = SecondsFrom(parsed, CheckpointInterval),
            // Each poll is a request to the store, which is cheap in a shared folder.
            PollInterval = TimeSpan.FromSeconds(isFolder ? 1 : 2),
            Heartbeat = TimeSpan.FromSeconds(isFolder ? 5 : 15),
            Host = host,
            EnvironmentKey = variables.GetValueOrDefault(EnvironmentKey.Variable),
            Log = StandardErrorLogs.From(parsed).CreateLogger("Agent"),
            Output = Console.OpenStandardOutput(),
            Notify = line => Console.Error.WriteLine($"tenfold: {line}"),
        };
    }

    private static TimeSpan SecondsFrom(ParseResult parsed, Option<int> option) => TimeSpan.FromSeconds(parsed.GetValue(option));

    private static Option<int> Seconds(string name, string description, int seconds)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => seconds };
        option.Validators.Add(result => CommandOptions.CheckCount(result, name));
        return option;
    }

    private static string HomeOf(string? named)
    {
        var scratch = named ?? Environment.GetEnvironmentVariable("TENFOLD_SCRATCH");
        var home = scratch is { Length: > 0 } ? scratch : PrivateFolder.Default(Environment.GetEnvironmentVariable("TMPDIR"));
        home = Path.GetFullPath(home);
        return PrivateFolder.Claim(home) is { } fault ? throw new CommandException(ExitCodes.CannotWrite, fault) : home;
    }
}
