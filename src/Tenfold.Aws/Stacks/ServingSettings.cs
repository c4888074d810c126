using System.Globalization;
using Tenfold.Aws.CloudFormation;

namespace Tenfold.Aws.Stacks;

/// <summary>
/// What a stack of serving is made with. Null means: as the stack has it now; for a new stack, the template's default. An empty text takes
/// a setting back.
/// </summary>
public sealed record ServingSettings : IStackSettings
{
    private const string DefaultImage = "docker/library/python:3.12-slim";

    /// <summary>The stack that the serving belongs to.</summary>
    public required StackOutputs Base { get; init; }

    /// <summary>The name of that stack.</summary>
    public required string BaseName { get; init; }

    /// <summary>The program's key in the store; null for that of the present stack.</summary>
    public string? ProgramKey { get; init; }

    /// <summary>The program's SHA-256; null for that of the present stack.</summary>
    public string? ProgramSha256 { get; init; }

    /// <summary>The addresses that may connect, as CIDR.</summary>
    public string? ClientsFrom { get; init; }

    /// <summary>Whether the load balancer has a public address.</summary>
    public bool? IsPublic { get; init; }

    /// <summary>The ARN of a certificate for HTTPS.</summary>
    public string? Certificate { get; init; }

    /// <summary>How many gateways run.</summary>
    public int? Gateways { get; init; }

    /// <summary>The machine of the database, for example <c>db.t4g.micro</c>.</summary>
    public string? DatabaseClass { get; init; }

    /// <summary>After how many days logs are deleted.</summary>
    public int? LogDays { get; init; }

    /// <summary>The ARN of a permissions boundary for the stack's roles.</summary>
    public string? PermissionsBoundary { get; init; }

    /// <summary>Why the stack that serving belongs to can't have it; null when it can.</summary>
    public string? BaseFault() => Base switch
    {
        { Vpc: null } => $"the stack '{BaseName}' was made from an older template: update it first with `tenfold infra apply`",
        { Subnets.Count: < 2 } => $"the stack '{BaseName}' has one subnet, and a load balancer needs two in different zones: name them "
            + "with --subnets",
        _ => null,
    };

    /// <inheritdoc/>
    public string ReadTemplate() => StackTemplate.ReadServing();

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string?> Given(string region) => new Dictionary<string, string?>
    {
        ["Base"] = BaseName,
        [nameof(Base.Bucket)] = Base.Bucket,
        [nameof(Base.Vpc)] = Base.Vpc ?? "",
        ["SubnetA"] = Base.Subnets.ElementAtOrDefault(0) ?? "",
        ["SubnetB"] = Base.Subnets.ElementAtOrDefault(1) ?? "",
        ["Image"] = $"{Base.PullThrough}/{DefaultImage}",
        [nameof(ProgramKey)] = ProgramKey,
        [nameof(ProgramSha256)] = ProgramSha256,
        [nameof(ClientsFrom)] = ClientsFrom,
        ["Public"] = IsPublic is { } flag ? flag ? "true" : "false" : null,
        [nameof(Certificate)] = Certificate,
        [nameof(Gateways)] = Gateways?.ToString(CultureInfo.InvariantCulture),
        [nameof(DatabaseClass)] = DatabaseClass,
        ["DatabaseGb"] = null,
        [nameof(LogDays)] = LogDays?.ToString(CultureInfo.InvariantCulture),
        [nameof(PermissionsBoundary)] = PermissionsBoundary,
    };
}
