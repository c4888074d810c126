using System.Net;
using System.Net.Sockets;
using Tenfold.Aws.CloudFormation;
using Tenfold.Aws.Stacks;

namespace Tenfold.App.Infrastructure;

/// <summary>What a user wants of serving. What is null stays as it is.</summary>
public sealed record ServingWishes
{
    /// <summary>The addresses that may connect, as CIDR; empty for none.</summary>
    public string? ClientsFrom { get; init; }

    /// <summary>Whether the load balancer has a public address.</summary>
    public bool? IsPublic { get; init; }

    /// <summary>The ARN of a certificate for HTTPS; empty for none.</summary>
    public string? Certificate { get; init; }

    /// <summary>How many gateways run.</summary>
    public int? Gateways { get; init; }

    /// <summary>The machine of the database.</summary>
    public string? DatabaseClass { get; init; }

    /// <summary>After how many days logs are deleted.</summary>
    public int? LogDays { get; init; }

    /// <summary>The ARN of a permissions boundary for the stack's roles; empty for the stack's own.</summary>
    public string? PermissionsBoundary { get; init; }

    /// <summary>What is wrong with the wishes, each fault beginning with the option's name; empty when nothing is.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        if (ClientsFrom is { Length: > 0 }
            && !(IPNetwork.TryParse(ClientsFrom, out var from) && from.BaseAddress.AddressFamily == AddressFamily.InterNetwork))
            faults.Add($"--clients-from is a range of IPv4 addresses such as 10.0.0.0/8, not '{ClientsFrom}'");
        if (Certificate is { Length: > 0 } && !Certificate.StartsWith("arn:", StringComparison.Ordinal))
            faults.Add($"--certificate is the ARN of a certificate, not '{Certificate}'");
        if (Gateways is < 0 or > 20) faults.Add($"--gateways is 0 to 20, not {Gateways}");
        if (DatabaseClass is not null && !DatabaseClass.StartsWith("db.", StringComparison.Ordinal))
            faults.Add($"--database-class is a type such as db.t4g.micro, not '{DatabaseClass}'");
        return faults;
    }

    internal ServingSettings For(string baseName, StackOutputs outputs) => new()
    {
        BaseName = baseName,
        Base = outputs,
        ClientsFrom = ClientsFrom,
        IsPublic = IsPublic,
        Certificate = Certificate,
        Gateways = Gateways,
        DatabaseClass = DatabaseClass,
        LogDays = LogDays,
        PermissionsBoundary = PermissionsBoundary,
    };
}
