using System.Globalization;
using Tenfold.Aws.CloudFormation;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Serving;

/// <summary>What <c>tenfold infra apply --serving</c> made, as the stack's outputs name it.</summary>
/// <remarks>The outputs are those of <c>infra/aws-serving.yaml</c>; each property has the name of its output.</remarks>
public sealed record ServingOutputs
{
    /// <summary>The version of the template that this program has.</summary>
    public const int TemplateVersion = 2;

    /// <summary>The version of the template that the stack was made from.</summary>
    public required int ServingVersion { get; init; }

    /// <summary>Where clients connect.</summary>
    public required string Url { get; init; }

    /// <summary>The name of the ECS cluster in which versions run.</summary>
    public required string Cluster { get; init; }

    /// <summary>The URL of the store that has the record of versions and routes.</summary>
    public required string Store { get; init; }

    /// <summary>The ids of the subnets in which the tasks of versions start.</summary>
    public required IReadOnlyList<string> ServingSubnets { get; init; }

    /// <summary>The id of the security group of the tasks of versions.</summary>
    public required string VersionGroup { get; init; }

    /// <summary>The ARN of the role of the tasks of versions.</summary>
    public required string VersionRole { get; init; }

    /// <summary>The ARN of the role that starts the tasks of versions.</summary>
    public required string VersionExecutionRole { get; init; }

    /// <summary>The log group of gateways and versions.</summary>
    public required string ServingLogGroup { get; init; }

    /// <summary>The image in which versions run that have none of their own.</summary>
    public required string Image { get; init; }

    /// <summary>The host of the database of requests.</summary>
    public required string DatabaseHost { get; init; }

    /// <summary>Reads the outputs of a stack of serving.</summary>
    /// <returns>Null for a stack that lacks one of them.</returns>
    internal static ServingOutputs? Of(IReadOnlyDictionary<string, string> outputs)
    {
        var isWhole = true;
        string Needed(string key)
        {
            if (outputs.TryGetValue(key, out var value) && value.Length > 0) return value;
            isWhole = false;
            return "";
        }

        var read = new ServingOutputs
        {
            ServingVersion = int.TryParse(Needed("ServingVersion"), NumberStyles.None, CultureInfo.InvariantCulture, out var v) ? v : 0,
            Url = Needed("Url"),
            Cluster = Needed("Cluster"),
            Store = Needed("Store"),
            ServingSubnets = Needed("ServingSubnets").Split(','),
            VersionGroup = Needed("VersionGroup"),
            VersionRole = Needed("VersionRole"),
            VersionExecutionRole = Needed("VersionExecutionRole"),
            ServingLogGroup = Needed("ServingLogGroup"),
            Image = Needed("Image"),
            DatabaseHost = Needed("DatabaseHost"),
        };
        return isWhole ? read : null;
    }

    /// <summary>Reads what a stack of serving offers.</summary>
    /// <param name="stacks">CloudFormation.</param>
    /// <param name="name">The name of the stack of serving.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The outputs; or why it can't be used, and what to do.</returns>
    /// <exception cref="AwsException">AWS refused the call, or gave no answer.</exception>
    internal static async Task<ServingLookup> ReadAsync(StacksClient stacks, string name, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var found in stacks.DescribeStacksAsync(new() { StackName = name }, cancellationToken))
                if (found.StackStatus is not (StackStatus.Deleted or StackStatus.InReview)) return Examine(found);
        }
        catch (AwsException e) when (e.Fault == AwsFault.NotFound)
        {
            // CloudFormation answers so for a name that no living stack has.
        }

        return new(null, $"there is no stack '{name}' in {stacks.Region}: make it with `tenfold infra apply --serving`");
    }

    private static ServingLookup Examine(Stack found)
    {
        if (!StackStatus.IsUsable(found.StackStatus))
        {
            return new(
                null, $"the stack '{found.StackName}' is in the state {found.StackStatus}: run `tenfold infra apply --serving`");
        }

        var outputs = found.Outputs.Where(output => output is { OutputKey: not null, OutputValue: not null })
            .ToDictionary(output => output.OutputKey!, output => output.OutputValue!);
        return Of(outputs) is { } read
            ? new(read, null)
            : new(null, $"the stack '{found.StackName}' lacks outputs of this program's template: run `tenfold infra apply --serving`");
    }
}

/// <summary>What a stack of serving offers, or why it can't be used.</summary>
/// <param name="Outputs">The outputs; null when it can't be used.</param>
/// <param name="Problem">Why it can't be used, and what to do; null when it can.</param>
public sealed record ServingLookup(ServingOutputs? Outputs, string? Problem);
