using System.CommandLine;
using Tenfold.App;
using Tenfold.App.Views;
using Tenfold.Cli.Output;
using Tenfold.Core.Hosts;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold trust</c>: sets the addresses to which credentials may be sent.</summary>
internal static class TrustCommand
{
    private const string Description =
        "List, add or remove the addresses to which your credentials are sent. A project or a ledger can't add one.";

    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var address = new Argument<string?>("address")
        {
            Description = "https://HOST:PORT or unix:/PATH; without one, the addresses are listed.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var plain = new Option<bool>("--plain-http")
        {
            Description = "Allow plain HTTP to another machine: everybody on the way can read the credentials.",
        };
        var remove = new Option<bool>("--remove") { Description = "Remove the address." };
        var json = CommandOptions.Json();
        var description = Description.WithExample("tenfold trust https://head.cluster.example:6820", "tenfold trust");
        return new Command("trust", description) { address, plain, remove, json }.WithAction((parsed, services, _) =>
        {
            var given = parsed.GetValue(address);
            if (given is not null) Change(services, given, parsed.GetValue(plain), parsed.GetValue(remove));
            else if (parsed.GetValue(remove)) throw new CommandException(ExitCodes.BadInput, "--remove needs the address to remove");
            var entries = CredentialAddresses.Read(services.Home, services.Environment).Entries;
            if (parsed.GetValue(json)) Json.Write(new AddressesView(entries), ViewJson.Default.AddressesView);
            else if (given is null && entries.Count == 0) Terminal.Say("no address gets credentials; `tenfold trust ADDRESS` adds one");
            else if (given is null) foreach (var entry in entries) Console.Out.WriteLine(entry);
            return Task.FromResult(ExitCodes.Success);
        });
    }

    private static void Change(Services services, string given, bool isPlain, bool isRemoved)
    {
        var wanted = isPlain ? CredentialAddresses.WithConsent(given) : given;
        var entry = CredentialAddresses.Normalize(wanted) ?? throw new CommandException(
            ExitCodes.BadInput, $"'{given}' is not an address: write https://HOST:PORT or unix:/PATH");
        if (!isRemoved && !isPlain && CredentialAddresses.IsReadable(given))
        {
            throw new CommandException(
                ExitCodes.BadInput,
                $"{given} is plain HTTP to another machine, so everybody on the way could read your credentials. Use https, or add " +
                "--plain-http if the way is protected.");
        }

        var before = CredentialAddresses.Of(services.Home).Entries;
        string[] same = [entry, CredentialAddresses.Normalize(CredentialAddresses.WithConsent(given)) ?? entry];
        new CredentialAddresses(isRemoved ? before.Except(same) : before.Append(entry)).Write(services.Home);
        Terminal.Say(isRemoved ? $"credentials are no longer sent to {entry}" : $"credentials may be sent to {entry}");
    }
}
