using System.CommandLine;
using System.Globalization;
using Tenfold.App.Views;
using Tenfold.Cli.Infra;
using Tenfold.Cli.Output;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold gateway keys</c>: the API keys of the gateway.</summary>
internal static class GatewayKeysCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create() =>
        new("keys", "Add, list and remove the API keys of the gateway. Once a key was added, every request needs one."
            .WithExample("tenfold gateway keys add web --rate 50", "tenfold gateway keys add web --on aws"))
        {
            Add(), List(), Remove(),
        };

    private static Command Add()
    {
        var name = new Argument<string>("name") { Description = "The name that logs and metrics show for the key." };
        var rate = new Option<double?>("--rate") { Description = "The requests a second that the key may make. Default: any number." };
        var burst = new Option<int?>("--burst")
        {
            Description = "The requests that the key may make at once after a pause. Default: those of one second.",
        };
        var on = ServingOn.Create();
        return new Command("add", "Add a key, and print it. It is stored as a hash, so it can't be shown again.") { name, rate, burst, on }
            .WithAction(async (parsed, services, cancellationToken) =>
            {
                using var place = await ServingOn.OpenAsync(parsed, on, services, cancellationToken);
                Console.Out.WriteLine(await (place?.Services ?? services).Keys
                    .AddAsync(parsed.GetValue(name)!, parsed.GetValue(rate), parsed.GetValue(burst), cancellationToken).OrFailAsync());
                return ExitCodes.Success;
            });
    }

    private static Command List()
    {
        var (on, json) = (ServingOn.Create(), CommandOptions.Json());
        return new Command("list", "List the keys.") { on, json }.WithAction(async (parsed, services, cancellationToken) =>
        {
            using var place = await ServingOn.OpenAsync(parsed, on, services, cancellationToken);
            var (isRequired, keys) = await (place?.Services ?? services).Keys.ReadAsync(cancellationToken).OrFailAsync();
            if (parsed.GetValue(json))
            {
                Json.Write([.. keys.Select(KeyView.Of)], ViewJson.Default.IReadOnlyListKeyView);
                return ExitCodes.Success;
            }

            if (keys.Count == 0)
            {
                Terminal.Say(isRequired
                    ? "there are no keys, so every request is refused: add one with `tenfold gateway keys add NAME`"
                    : "there are no keys, so requests need none: add one with `tenfold gateway keys add NAME`");
            }

            var table = new TextTable("NAME", "ADDED", "REQUESTS A SECOND>", "AT ONCE>");
            foreach (var key in keys)
            {
                var added = key.CreatedAt.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
                table.Add(key.Name, added, $"{key.Rate}", $"{key.Burst}");
            }

            if (keys.Count > 0) table.Write(Console.Out, Terminal.Width);
            return ExitCodes.Success;
        });
    }

    private static Command Remove()
    {
        var name = new Argument<string>("name") { Description = "The key's name." };
        var on = ServingOn.Create();
        return new Command("remove", "Remove a key. Gateways refuse it within a second or two.") { name, on }
            .WithAction(async (parsed, services, cancellationToken) =>
            {
                using var place = await ServingOn.OpenAsync(parsed, on, services, cancellationToken);
                await (place?.Services ?? services).Keys.RemoveAsync(parsed.GetValue(name)!, cancellationToken).OrFailAsync();
                return ExitCodes.Success;
            });
    }
}
