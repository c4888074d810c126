using System.CommandLine;
using Tenfold.App;
using Tenfold.Cli.Output;
using Tenfold.Core.Input;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold copy</c>: brings one path out of a run.</summary>
internal static class CopyCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var source = new Argument<string>("src") { Description = "A run and a path in it: RUN:model/weights.bin, or RUN:model for the folder." };
        var destination = new Argument<string>("dest") { Description = "A new file, or a folder." };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace files that are there and differ." };
        var json = CommandOptions.Json();
        return new Command("copy", "Copy one file or folder that a run made.".WithExample("tenfold copy k7m2xqab-3:model/model.json model.json")) { source, destination, overwrite, json }
            .Does(async (parsed, services, cancellationToken) =>
            {
                var text = parsed.GetValue(source)!;
                if (text.IndexOf(':') is not (var colon and > 0) || colon == text.Length - 1)
                    throw new CommandException(ExitCodes.BadInput, $"'{Excerpt.Bare(text)}' names no path in a run; write RUN:PATH, for instance k7m2xqab-3:model/model.json (`tenfold show RUN` lists the files)");
                Terminal.WarnOutdated(await services.ReconcileAsync(cancellationToken));
                var run = await services.Ids.RunAsync(text[..colon], cancellationToken).OrFailAsync();
                return await FetchCommand.FetchAsync(services, run, text[(colon + 1)..], parsed.GetValue(destination)!, parsed.GetValue(overwrite), parsed.GetValue(json), cancellationToken);
            });
    }
}
