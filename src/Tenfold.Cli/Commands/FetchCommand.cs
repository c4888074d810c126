using System.CommandLine;
using Tenfold.App;
using Tenfold.App.Fetching;
using Tenfold.App.Views;
using Tenfold.Cli.Output;
using Tenfold.Cli.Remote;
using Tenfold.Core.Artifacts;
using Tenfold.Core.Input;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold fetch</c>: copies a run's files to a folder, and checks every file.</summary>
internal static class FetchCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var id = CommandOptions.Id("A run");
        var destination = new Argument<string?>("dest")
        {
            Description = "The folder. Default: the run's id.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var overwrite = CommandOptions.Overwrite();
        var json = CommandOptions.Json();
        var description = "Copy everything that a run wrote: model/, output/ and work/. An interrupted copy is resumed."
            .WithExample("tenfold fetch k7m2xqab-3 out/");
        var command = new Command("fetch", description) { id, destination, overwrite, json };
        return command.WithAction(async (parsed, services, cancellationToken) =>
        {
            Terminal.WarnOutdated(await services.ReconcileAsync(cancellationToken));
            var fetch = new RunFetch(parsed.GetValue(id)!, null, parsed.GetValue(destination), parsed.GetValue(overwrite));
            return await FetchAsync(services, fetch, parsed.GetValue(json), cancellationToken);
        }, (parsed, server, cancellationToken) => FetchAsync(
            server, new RunFetch(parsed.GetValue(id)!, null, parsed.GetValue(destination), parsed.GetValue(overwrite)),
            parsed.GetValue(json), cancellationToken));
    }

    /// <summary>Fetches files of a run and prints their names.</summary>
    public static Task<int> FetchAsync(Services services, RunFetch fetch, bool json, CancellationToken cancellationToken) =>
        FetchAsync(progress => new RunFetcher(services).FetchAsync(fetch, progress, cancellationToken), json);

    /// <summary>Fetches files of a run of a server and prints their names.</summary>
    public static async Task<int> FetchAsync(ServerClient server, RunFetch fetch, bool json, CancellationToken cancellationToken)
    {
        await server.WarnOutdatedAsync(cancellationToken);
        return await FetchAsync(progress => RemoteFiles.FetchAsync(server, fetch, progress, cancellationToken), json);
    }

    private static async Task<int> FetchAsync(Func<IProgress<FetchProgress>?, Task<Outcome<FetchedRun>>> fetch, bool json)
    {
        var progress = Terminal.IsInteractive ? new Picture() : null;
        var outcome = await fetch(progress);
        if (progress is not null) Terminal.Pictures.Write("\r\u001b[K");
        var fetched = outcome.OrFail();
        if (json)
        {
            Json.Write(FetchView.Of(fetched), ViewJson.Default.FetchView);
            return ExitCodes.Success;
        }

        foreach (var file in fetched.Fetched) Console.Out.WriteLine(Excerpt.Bare(file, longest: int.MaxValue));
        if (fetched.Fetched.Count + fetched.Kept.Count == 0)
        {
            Terminal.Say($"the run wrote no files, so nothing was fetched and {fetched.Destination} was not made");
            return ExitCodes.Success;
        }

        var kept = fetched.Kept.Count > 0 ? $"; {fetched.Kept.Count} existed already" : "";
        Terminal.Say(
            $"{Numbers.Count(fetched.Fetched.Count, "file")} fetched to {fetched.Destination}, each checked against its SHA-256{kept}");
        return ExitCodes.Success;
    }

    // Progress<T> would call back later, on another thread: also after the last line.
    private sealed class Picture : IProgress<FetchProgress>
    {
        public void Report(FetchProgress value) => Terminal.Pictures.Write(
            $"\r{value.FilesDone}/{value.FilesTotal} files, {Numbers.Size(value.BytesDone)} of {Numbers.Size(value.BytesTotal)}   ");
    }
}
