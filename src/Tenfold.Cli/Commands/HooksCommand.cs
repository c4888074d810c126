using System.CommandLine;
using System.Text.Json.Nodes;
using Tenfold.App.Pushes;
using Tenfold.App.Views;
using Tenfold.Cli.Output;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold hooks</c>: the deliveries that the server has received.</summary>
internal static class HooksCommand
{
    // What a server lists at most.
    private const int MostOfServer = 1_000;

    /// <summary>Builds the command.</summary>
    public static Command Create() =>
        new("hooks", "List what git hosts have delivered to the server, or read a delivery again."
            .WithExample("tenfold hooks list", "tenfold hooks redeliver github-72d3162e"))
        {
            List(), Redeliver(),
        };

    private static Command List()
    {
        var limit = new Option<int>("--limit") { Description = "How many deliveries to list.", DefaultValueFactory = _ => 30 };
        limit.Validators.Add(result => CommandOptions.CheckCount(result, "--limit"));
        var json = CommandOptions.Json();
        return new Command("list", "List the newest deliveries.") { limit, json }.WithAction(async (parsed, services, cancellationToken) =>
        {
            var deliveries = await new DeliveryDesk(services).ListAsync(parsed.GetValue(limit), cancellationToken);
            return Write([.. deliveries.Select(DeliveryView.Of)], parsed.GetValue(json), services.Time);
        }, async (parsed, server, cancellationToken) =>
        {
            var count = parsed.GetValue(limit);
            if (count > MostOfServer)
                throw new CommandException(ExitCodes.BadInput, $"a server lists at most {MostOfServer:N0} deliveries, not {count}");
            var deliveries = await server.GetAsync(
                $"deliveries?limit={count}", ViewJson.Default.IReadOnlyListDeliveryView, cancellationToken);
            return Write(deliveries, parsed.GetValue(json), TimeProvider.System);
        });
    }

    private static int Write(IReadOnlyList<DeliveryView> deliveries, bool isJson, TimeProvider time)
    {
        if (isJson)
        {
            Json.Write(deliveries, ViewJson.Default.IReadOnlyListDeliveryView);
            return ExitCodes.Success;
        }

        if (deliveries.Count == 0) Terminal.Say("no delivery has arrived yet");
        foreach (var line in DeliveryText.Lines(deliveries, time.GetUtcNow(), Terminal.Width)) Console.Out.WriteLine(line);
        return ExitCodes.Success;
    }

    private static Command Redeliver()
    {
        var id = new Argument<string>("delivery") { Description = "The delivery's id; any unique prefix will do." };
        var description = "Let the server read a delivery again, as if it had just arrived.";
        return new Command("redeliver", description) { id }.WithAction(async (parsed, services, cancellationToken) =>
        {
            var delivery = await new DeliveryDesk(services).RedeliverAsync(parsed.GetValue(id)!, cancellationToken).OrFailAsync();
            return SayWaits(delivery.Id);
        }, async (parsed, server, cancellationToken) =>
        {
            var prefix = parsed.GetValue(id)!;
            await server.PostAsync($"deliveries/{Uri.EscapeDataString(prefix)}/redeliver", new JsonObject(), cancellationToken);
            return SayWaits(prefix);
        });
    }

    private static int SayWaits(string delivery)
    {
        Terminal.Say($"{delivery} waits again; the server reads it within seconds");
        return ExitCodes.Success;
    }
}
