using System.CommandLine;
using Tenfold.App.Infrastructure;

namespace Tenfold.Cli.Infra;

/// <summary>The options that say what the stack of serving has.</summary>
internal sealed class ServingOptions
{
    private const string None = "none";

    private readonly Option<bool> _serving = new("--serving")
    {
        Description = "Also what serving models needs: a load balancer, gateways and a database. They cost money all the time.",
    };

    private readonly Option<string?> _clients = new("--clients-from")
    {
        Description = "Serving: addresses that may connect to the load balancer, as CIDR; 'none' for none, the default.",
    };

    private readonly Option<bool?> _public = new("--public")
    {
        Description = "Serving: whether the load balancer has a public address: true or false. It needs --certificate then.",
        Arity = ArgumentArity.ExactlyOne,
    };

    private readonly Option<string?> _certificate = new("--certificate")
    {
        Description = "Serving: the ARN of a certificate in AWS Certificate Manager, for HTTPS; 'none' for HTTP.",
    };

    private readonly Option<int?> _gateways = new("--gateways")
    {
        Description = "Serving: how many gateways run. Default: 1. 0 stops serving and keeps everything.",
    };

    private readonly Option<string?> _database = new("--database-class")
    {
        Description = "Serving: the machine of the database of requests. Default: db.t4g.micro.",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_serving, _clients, _public, _certificate, _gateways, _database]) command.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_serving)) return;
            foreach (var option in (Option[])[_clients, _public, _certificate, _gateways, _database])
                if (result.GetResult(option) is { Implicit: false }) result.AddError($"{option.Name} needs --serving");
        });
    }

    /// <summary>True when serving is meant.</summary>
    public bool IsMeant(ParseResult parsed) => parsed.GetValue(_serving);

    /// <summary>What the command line wants of serving.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="logDays">After how many days logs are deleted.</param>
    /// <param name="boundary">A permissions boundary.</param>
    /// <exception cref="CommandException">A setting can't be used.</exception>
    public ServingWishes Read(ParseResult parsed, int? logDays, string? boundary)
    {
        var wishes = new ServingWishes
        {
            ClientsFrom = TextOf(parsed.GetValue(_clients)),
            IsPublic = parsed.GetValue(_public),
            Certificate = TextOf(parsed.GetValue(_certificate)),
            Gateways = parsed.GetValue(_gateways),
            DatabaseClass = parsed.GetValue(_database),
            LogDays = logDays,
            PermissionsBoundary = boundary,
        };
        return wishes.Faults() is { Count: > 0 } faults
            ? throw new CommandException(ExitCodes.BadInput, string.Join("\n  ", faults))
            : wishes;
    }

    private static string? TextOf(string? text) => text == None ? "" : text;
}
