using System.CommandLine;
using System.Globalization;
using Tenfold.App.Access;
using Tenfold.App.Views;
using Tenfold.Cli.Output;
using Tenfold.Core.Keys;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold server keys</c>: the API keys of servers.</summary>
internal static class ServerKeysCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create() =>
        new("keys", "Add, list and remove the API keys of the servers on this ledger. Without a key the API tells nothing."
            .WithExample("tenfold server keys add ann --role run", "tenfold server keys list", "tenfold server keys remove ann"))
        {
            Add(), List(), Remove(),
        };

    private static Command Add()
    {
        var name = new Argument<string>("name") { Description = "The name that the server's log shows for the key." };
        var role = new Option<ServerRole>("--role")
        {
            Description = "What the key allows: read; run, to cancel and retry runs too; or admin, to manage keys and deliveries too.",
            DefaultValueFactory = _ => ServerRole.Read,
        };
        return new Command("add", "Add a key, and print it. It is stored as a hash, so it can't be shown again.") { name, role }
            .WithAction(async (parsed, services, cancellationToken) =>
            {
                Console.Out.WriteLine(await new ServerKeyDesk(services)
                    .AddAsync(parsed.GetValue(name)!, parsed.GetValue(role), cancellationToken).OrFailAsync());
                return ExitCodes.Success;
            });
    }

    private static Command List()
    {
        var json = CommandOptions.Json();
        return new Command("list", "List the keys.") { json }.WithAction(async (parsed, services, cancellationToken) =>
        {
            var keys = await new ServerKeyDesk(services).ListAsync(cancellationToken);
            if (parsed.GetValue(json))
            {
                Json.Write([.. keys.Select(ServerKeyView.Of)], ViewJson.Default.IReadOnlyListServerKeyView);
                return ExitCodes.Success;
            }

            if (keys.Count == 0)
                Terminal.Say("there are no keys, so the API refuses every request: add one with `tenfold server keys add NAME`");
            var table = new TextTable("NAME", "ROLE", "ADDED");
            foreach (var key in keys)
            {
                table.Add(
                    key.Name, key.IsOwn ? key.Role.ToString().ToLowerInvariant() : "none: this home did not make it",
                    key.CreatedAt.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture));
            }

            if (keys.Count > 0) table.Write(Console.Out, Terminal.Width);
            return ExitCodes.Success;
        });
    }

    private static Command Remove()
    {
        var name = new Argument<string>("name") { Description = "The key's name." };
        return new Command("remove", "Remove a key. Servers refuse it within seconds.") { name }
            .WithAction(async (parsed, services, cancellationToken) =>
            {
                await new ServerKeyDesk(services).RemoveAsync(parsed.GetValue(name)!, cancellationToken).OrFailAsync();
                return ExitCodes.Success;
            });
    }
}
