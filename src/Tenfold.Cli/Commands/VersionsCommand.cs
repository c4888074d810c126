using System.CommandLine;
using Tenfold.App.Serving.Routing;
using Tenfold.App.Views;
using Tenfold.Cli.Infra;
using Tenfold.Cli.Output;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold versions</c>: lists deployed versions with their traffic.</summary>
internal static class VersionsCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var model = new Argument<string?>("model") { Description = "Only this model's versions.", Arity = ArgumentArity.ZeroOrOne };
        var on = ServingOn.Create();
        var json = CommandOptions.Json();
        var description = "List deployed versions with their traffic.".WithExample("tenfold versions", "tenfold versions iris --json");
        return new Command("versions", description) { model, on, json }.WithAction(async (parsed, services, cancellationToken) =>
        {
            using var place = await ServingOn.OpenAsync(parsed, on, services, cancellationToken);
            var listed = await new VersionLister(place?.Services ?? services).ListAsync(parsed.GetValue(model), cancellationToken);
            if (parsed.GetValue(json))
            {
                Json.Write([.. listed.Select(VersionView.Of)], ViewJson.Default.IReadOnlyListVersionView);
                return ExitCodes.Success;
            }

            if (listed.Count == 0)
            {
                Terminal.Say("no version is deployed; `tenfold deploy RUN --as 1.0.0` deploys one");
                return ExitCodes.Success;
            }

            var now = services.Time.GetUtcNow();
            var table = new TextTable("MODEL", "VERSION", "STATE", "TRAFFIC>", "DEPLOYED", "?BY", "RUN");
            foreach (var row in listed)
            {
                var version = row.Version;
                table.Add(
                    version.Model, version.Version, version.State.ToString().ToLowerInvariant(),
                    row.IsShadow ? "shadow" : TrafficShares.ToText(row.Share), HumanText.Ago(version.DeployedAt, now), version.DeployedBy,
                    version.Run?.Run ?? version.Address?.ToString());
            }

            table.Write(Console.Out, Terminal.Width);
            return ExitCodes.Success;
        });
    }
}
