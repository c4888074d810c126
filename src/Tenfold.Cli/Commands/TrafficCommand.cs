using System.CommandLine;
using Tenfold.App.Serving.Routing;
using Tenfold.App.Views;
using Tenfold.Cli.Infra;
using Tenfold.Cli.Output;
using Tenfold.Core.Versions;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold traffic</c>: divides a model's traffic among its versions.</summary>
internal static class TrafficCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var model = new Argument<string>("model") { Description = "The model." };
        var shares = new Argument<string[]>("shares")
        {
            Description = "Each version's share in percent, such as 1.0.0=90 1.1.0=10. They sum to 100.",
            Arity = ArgumentArity.OneOrMore,
        };
        var shadow = new Option<string?>("--shadow")
        {
            Description = "A version that gets a copy of each request, and whose replies only the log sees; `none` for none. "
                + "Default: it stays as it is.",
        };
        var on = ServingOn.Create();
        var json = CommandOptions.Json();
        const string description =
            "Divide a model's traffic among its versions. A version whose share does not shrink keeps its keys, so a client stays with " +
            "its version.";
        var command = new Command(
            "traffic", description.WithExample("tenfold traffic iris 1.0.0=90 1.1.0=10", "tenfold traffic iris 1.0.0=100 --shadow 1.1.0"))
        {
            model, shares, shadow, on, json,
        };
        return command.WithAction(async (parsed, services, cancellationToken) =>
        {
            var divided = TrafficShares.Read(parsed.GetValue(shares)!).OrFail();
            var copied = parsed.GetValue(shadow) is "none" ? "" : parsed.GetValue(shadow);
            using var place = await ServingOn.OpenAsync(parsed, on, services, cancellationToken);
            var route = await new TrafficControl(place?.Services ?? services)
                .DivideAsync(parsed.GetValue(model)!, divided, copied, cancellationToken).OrFailAsync();
            Write(route, parsed.GetValue(json));
            return ExitCodes.Success;
        });
    }

    /// <summary>Writes a route.</summary>
    public static void Write(Route route, bool json)
    {
        if (json)
        {
            Json.Write(RouteView.Of(route), ViewJson.Default.RouteView);
            return;
        }

        var table = new TextTable("VERSION", "TRAFFIC>");
        foreach (var (version, share) in route.Shares()) table.Add(version, TrafficShares.ToText(share));
        if (route.Shadow is { } shadow) table.Add(shadow, "shadow");
        table.Write(Console.Out, Terminal.Width);
        Terminal.Say("running gateways take this over within a second or two, once the versions are ready");
    }
}
