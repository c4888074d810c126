using System.CommandLine;
using Tenfold.Agent;
using Tenfold.App;
using Tenfold.App.Storage;
using Tenfold.Core.Platform;
using Tenfold.Targets.Slurm.InJob;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold agent run</c>: what a backend's job runs, on whatever machine. It needs the store, and nothing else of Tenfold's.</summary>
internal static class AgentRunCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var store = new Option<string>("--store") { Description = "The store's URL, where the attempt is described and reported to.", Required = true };
        var attempt = new Option<string>("--attempt") { Description = "The attempt.", Required = true };
        var home = new Option<string?>("--home") { Description = "A folder of this machine's for snapshots, environments, data and working folders; default $TENFOLD_SCRATCH, else a private one below $TMPDIR or /tmp." };
        var grace = Seconds("--grace", "Seconds from SIGTERM to SIGKILL when the run is cancelled, stopped early or at its own time limit.", 30);
        var takenGrace = Seconds("--grace-when-taken", "The same when the backend ends the job. It kills it some time after its warning, Slurm mostly after 30 s; the rest is for keeping what was left.", 20);
        var patience = Seconds("--patience", "Seconds that a store which does not answer is waited for, before and after the run.", 600);
        var interval = Seconds("--checkpoint-interval", "Seconds between looks for changed checkpoints.", 20);
        var then = new Option<string?>("--then")
        {
            Description = "The attempts of the same submission, as a job's name has them. After a short attempt the agent takes up others that still wait, from the last one on; without this, none.",
        };
        var takesUpFor = Seconds("--takes-up-for", "Seconds from its start in which it takes up others.", 60);
        var command = new Command("run", "Carry out one attempt. Jobs of backends start it; a user need not.".WithExample("tenfold agent run --store s3://bucket/tenfold --attempt k7m2xqab-3-1"))
        {
            store, attempt, home, grace, takenGrace, patience, interval, then, takesUpFor,
        };
        return command.Does(async (parsed, _) =>
        {
            using var end = new ShutdownSignals();
            var time = TimeProvider.System;
            var opened = StoreOpener.ForAgent(parsed.GetValue(store)!, time);
            var isFolder = !StoreOpener.IsFarAway(opened.Url);
            var settings = new AgentSettings
            {
                Home = HomeOf(parsed.GetValue(home)),
                Store = opened,
                Origins = url => DataOrigins.Open(url, time),
                Time = time,
                Grace = TimeSpan.FromSeconds(parsed.GetValue(grace)),
                GraceWhenTaken = TimeSpan.FromSeconds(parsed.GetValue(takenGrace)),
                Patience = TimeSpan.FromSeconds(parsed.GetValue(patience)),
                CheckpointInterval = TimeSpan.FromSeconds(parsed.GetValue(interval)),
                // Each look is a request; in a shared folder it costs little.
                Look = TimeSpan.FromSeconds(isFolder ? 1 : 2),
                Heartbeat = TimeSpan.FromSeconds(isFolder ? 5 : 15),
                Node = NodeFacts.OfThisProcess(),
                Say = line => Console.Error.WriteLine($"tenfold: {line}"),
            };
            var array = parsed.GetValue(then) is { } attempts ? JobArray.FromEnvironment(attempts) : null;
            var agent = new JobAgent(settings, parsed.GetValue(attempt)!, array?.Attempts ?? [])
            {
                WhyEnded = TerminationProbe.FromEnvironment(time) is { } slurm ? slurm.AskAsync : null,
                TakesUpFor = TimeSpan.FromSeconds(parsed.GetValue(takesUpFor)),
                Drop = array is null ? null : array.CancelElementsAsync,
            };
            return await agent.RunAsync(end.Asked) ? ExitCodes.Success : ExitCodes.CannotWrite;
        });
    }

    private static Option<int> Seconds(string name, string description, int seconds)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => seconds };
        option.Validators.Add(result => CommandOptions.AtLeastOne(result, name));
        return option;
    }

    private static string HomeOf(string? named)
    {
        var scratch = named ?? Environment.GetEnvironmentVariable("TENFOLD_SCRATCH");
        var home = Path.GetFullPath(scratch is { Length: > 0 } ? scratch : PrivateFolder.Default(Environment.GetEnvironmentVariable("TMPDIR")));
        return PrivateFolder.Claim(home) is { } fault ? throw new CommandException(ExitCodes.CannotWrite, fault) : home;
    }
}
