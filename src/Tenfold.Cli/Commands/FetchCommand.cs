using System.CommandLine;
using Tenfold.App;
using Tenfold.Cli.Output;
using Tenfold.Core.Artifacts;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold fetch</c>: brings what a run made to a folder, every file checked.</summary>
internal static class FetchCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var id = CommandOptions.Id("A run");
        var destination = new Argument<string?>("dest") { Description = "The folder. Default: the run's id.", Arity = ArgumentArity.ZeroOrOne };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace files that are there and differ." };
        var json = CommandOptions.Json();
        return new Command("fetch", "Copy everything that a run made: model/, output/, work/. What broke off goes on where it was.".WithExample("tenfold fetch k7m2xqab-3 out/")) { id, destination, overwrite, json }
            .Does(async (parsed, services, cancellationToken) =>
            {
                Terminal.WarnOutdated(await services.ReconcileAsync(cancellationToken));
                var run = await services.Ids.RunAsync(parsed.GetValue(id)!, cancellationToken).OrFailAsync();
                return await FetchAsync(services, run, null, parsed.GetValue(destination) ?? run.Id, parsed.GetValue(overwrite), parsed.GetValue(json), cancellationToken);
            });
    }

    /// <summary>Fetches all or a part of what a run made, and says what came of it.</summary>
    public static async Task<int> FetchAsync(Services services, RunRecord run, string? path, string destination, bool overwrite, bool json, CancellationToken cancellationToken)
    {
        if (!run.State.IsFinal()) throw new CommandException(ExitCodes.NotFound, $"{run.Id} has not ended yet ({run.State.ToString().ToLowerInvariant()}); what it makes is kept when it has. `tenfold logs -f {run.Id}` follows it");
        var request = new FetchRequest { AttemptId = run.Attempt, Destination = destination, Path = path, Overwrite = overwrite };
        var progress = Terminal.IsInteractive ? new Progress<FetchProgress>(p => Console.Error.Write($"\r{p.FilesDone}/{p.FilesTotal} files, {Numbers.Size(p.BytesDone)} of {Numbers.Size(p.BytesTotal)}   ")) : null;
        var outcome = await new ArtifactFetcher(await services.StoreOfAsync(run.Id, cancellationToken).OrFailAsync()).FetchAsync(request, progress, cancellationToken);
        if (progress is not null) Console.Error.Write("\r\u001b[K");
        if (outcome.Fault is { } fault)
            throw new CommandException(outcome.Refused.Count > 0 ? ExitCodes.Exists : outcome.Corrupted.Count > 0 ? ExitCodes.Damaged : ExitCodes.NotFound, fault);
        if (json) Json.Write(new FetchView(run.Attempt, outcome.Fetched, outcome.Unchanged), ViewJson.Default.FetchView);
        else
        {
            foreach (var file in outcome.Fetched) Console.Out.WriteLine(file);
            Terminal.Say($"{Numbers.Count(outcome.Fetched.Count, "file")} fetched to {destination}, each checked against its SHA-256{(outcome.Unchanged.Count > 0 ? $"; {outcome.Unchanged.Count} were there already" : "")}");
        }

        return ExitCodes.Success;
    }
}
