using System.Text.RegularExpressions;
using Tenfold.Aws.Batch;
using Tenfold.Aws.Jobs;
using Tenfold.Aws.Wire;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Cleaning;

/// <summary>
/// Finds job definitions of Batch that Tenfold registered and uses no more: earlier revisions, and those whose start script another version
/// of Tenfold wrote.
/// </summary>
/// <remarks>
/// Jobs that were submitted with a definition go on without it. A colleague's older version of Tenfold registers its definition again when
/// it submits the next run.
/// </remarks>
/// <param name="options">How to connect to AWS.</param>
/// <param name="time">The clock.</param>
internal sealed partial class DefinitionLeftovers(AwsOptions options, TimeProvider time)
{
    /// <summary>Finds the definitions of stacks.</summary>
    /// <param name="stacks">The names of the stacks.</param>
    /// <param name="cancellationToken">Cancels the calls.</param>
    public async Task<IReadOnlyList<TargetLeftover>> FindAsync(IReadOnlyList<string> stacks, CancellationToken cancellationToken)
    {
        using var batch = new BatchClient(options, time);
        var own = new List<JobDefinition>();
        await foreach (var found in batch.DescribeJobDefinitionsAsync(new() { Status = "ACTIVE" }, cancellationToken))
        {
            if (Name().IsMatch(found.JobDefinitionName) && found.Tags?.GetValueOrDefault(ResourceTags.Stack) is { } stack
                && stacks.Contains(stack)) own.Add(found);
        }

        var newest = own.GroupBy(one => one.JobDefinitionName).ToDictionary(group => group.Key, group => group.Max(one => one.Revision));
        return
        [
            .. own.Select(one => (Definition: one, Why: WhyNot(one, newest[one.JobDefinitionName])))
                .Where(one => one.Why is not null)
                .Select(one => new TargetLeftover(
                    $"job definition {one.Definition.JobDefinitionName}:{one.Definition.Revision}", one.Why!)
                {
                    Kind = LeftoverKind.Resource,
                    RemoveAsync = token => RegionLeftovers.RemoveAsync(() => DeregisterAsync(one.Definition, token)),
                }),
        ];
    }

    private async Task DeregisterAsync(JobDefinition definition, CancellationToken cancellationToken)
    {
        using var batch = new BatchClient(options, time);
        await batch.DeregisterJobDefinitionAsync(new(definition.JobDefinitionArn), cancellationToken);
    }

    private static string? WhyNot(JobDefinition definition, int newest) =>
        definition.Revision < newest ? $"revision {newest} has replaced it"
        : definition.ContainerProperties?.Command?.Contains(StartScript.Text) != true ? "another version of Tenfold made it"
        : null;

    // A definition's name is the hash of its content.
    [GeneratedRegex("^tenfold-[0-9a-f]{16}$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
