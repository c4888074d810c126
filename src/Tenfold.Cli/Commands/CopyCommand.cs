using System.CommandLine;
using Tenfold.App.Fetching;
using Tenfold.Cli.Output;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold copy</c>: copies one file or folder of a run.</summary>
internal static class CopyCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var source = new Argument<string>("src")
        {
            Description = "A run and a path in it: RUN:model/weights.bin, or RUN:model for the folder.",
        };
        var destination = new Argument<string>("dest") { Description = "The copy's path, or a folder to copy into." };
        var overwrite = CommandOptions.Overwrite();
        var json = CommandOptions.Json();
        var description = "Copy one file or folder that a run wrote.".WithExample("tenfold copy k7m2xqab-3:model/model.json model.json");
        var command = new Command("copy", description) { source, destination, overwrite, json };
        return command.WithAction(async (parsed, services, cancellationToken) =>
        {
            var (run, path) = RunFetcher.ReadSource(parsed.GetValue(source)!).OrFail();
            Terminal.WarnOutdated(await services.ReconcileAsync(cancellationToken));
            var fetch = new RunFetch(run, path, parsed.GetValue(destination), parsed.GetValue(overwrite));
            return await FetchCommand.FetchAsync(services, fetch, parsed.GetValue(json), cancellationToken);
        }, (parsed, server, cancellationToken) =>
        {
            var (run, path) = RunFetcher.ReadSource(parsed.GetValue(source)!).OrFail();
            var fetch = new RunFetch(run, path, parsed.GetValue(destination), parsed.GetValue(overwrite));
            return FetchCommand.FetchAsync(server, fetch, parsed.GetValue(json), cancellationToken);
        });
    }
}
