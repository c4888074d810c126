using System.CommandLine;
using System.Globalization;
using Tenfold.App;
using Tenfold.App.Serving.Keys;
using Tenfold.App.Views;
using Tenfold.Cli.Output;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold gateway keys</c>: the API keys of the gateway.</summary>
internal static class GatewayKeysCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create() =>
        new("keys", "Add, list and remove the API keys of the gateway. Once a key was added, every request needs one."
            .WithExample("tenfold gateway keys add web --rate 50"))
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
        return new Command("add", "Add a key, and print it. It is stored as a hash, so it can't be shown again.") { name, rate, burst }
            .WithAction((parsed, services, _) =>
            {
                Console.Out.WriteLine(File(services).Add(parsed.GetValue(name)!, parsed.GetValue(rate), parsed.GetValue(burst)).OrFail());
                return Task.FromResult(ExitCodes.Success);
            });
    }

    private static Command List()
    {
        var json = CommandOptions.Json();
        return new Command("list", "List the keys.") { json }.WithAction((parsed, services, _) =>
        {
            var keys = File(services).Read().OrFail();
            if (parsed.GetValue(json))
            {
                Json.Write([.. keys.Select(KeyView.Of)], ViewJson.Default.IReadOnlyListKeyView);
                return Task.FromResult(ExitCodes.Success);
            }

            if (keys.Count == 0) Terminal.Say("there are no keys: add one with `tenfold gateway keys add NAME`");
            var table = new TextTable("NAME", "ADDED", "REQUESTS A SECOND>", "AT ONCE>");
            foreach (var key in keys)
            {
                var added = key.CreatedAt.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
                table.Add(key.Name, added, $"{key.Rate}", $"{key.Burst}");
            }

            if (keys.Count > 0) table.Write(Console.Out, Terminal.Width);
            return Task.FromResult(ExitCodes.Success);
        });
    }

    private static Command Remove()
    {
        var name = new Argument<string>("name") { Description = "The key's name." };
        return new Command("remove", "Remove a key. The gateway refuses it within a second.") { name }.WithAction((parsed, services, _) =>
        {
            File(services).Remove(parsed.GetValue(name)!).OrFail();
            return Task.FromResult(ExitCodes.Success);
        });
    }

    private static ApiKeyFile File(Services services) => new(services.Home, services.Time);
}
