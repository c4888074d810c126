using Tenfold.Core.Pools;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Pool.Instances;

/// <summary>Checks the instances of a pool, for <c>tenfold doctor</c>.</summary>
public static class InstanceAccess
{
    /// <summary>Checks each instance: whether it exists, and whether a shutdown would delete it.</summary>
    /// <exception cref="TargetException">The cloud does not answer.</exception>
    public static async Task<IReadOnlyList<AccessCheck>> CheckAsync(
        InstanceList list, IPoolInstances cloud, CancellationToken cancellationToken)
    {
        var checks = new List<AccessCheck>();
        foreach (var instance in await cloud.ListAsync(list.Instances, cancellationToken))
            checks.Add(await CheckAsync(instance, list.Region, cloud, cancellationToken));
        return checks;
    }

    private static async Task<AccessCheck> CheckAsync(
        PoolInstance instance, string region, IPoolInstances cloud, CancellationToken cancellationToken)
    {
        var id = instance.Id;
        if (instance.State is InstanceState.Missing or InstanceState.Deleted)
        {
            return new AccessCheck(
                id, instance.State == InstanceState.Missing ? $"not found in {region}" : "was terminated",
                "correct `instances` or `region` of the target");
        }

        var detail = $"{instance.Type}, {instance.State.ToString().ToLowerInvariant()}";
        return await cloud.IsDeletedByShutdownAsync(id, cancellationToken) switch
        {
            true => new AccessCheck(
                id, $"{detail}; a shutdown deletes it",
                $"run `aws ec2 modify-instance-attribute --region {region} --instance-id {id} "
                + "--instance-initiated-shutdown-behavior stop`"),
            false => new AccessCheck(id, $"{detail}; a shutdown stops it"),
            null => new AccessCheck(
                id, $"{detail}; you may not ask what a shutdown does to it",
                "allow ec2:DescribeInstanceAttribute, or make sure that InstanceInitiatedShutdownBehavior is `stop`"),
        };
    }
}
