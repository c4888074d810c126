using Amazon.EC2.Model;
using Tenfold.Aws.Ec2Api;
using Tenfold.Aws.Prices;
using Tenfold.Aws.Wire;
using Tenfold.Core.Hosts;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Pools;
using Tenfold.Core.Targets;
using InstanceState = Tenfold.Core.Pools.InstanceState;

namespace Tenfold.Aws.Ec2.Pools;

/// <summary>Machines of EC2 that exist, and that a pool starts and stops.</summary>
/// <remarks>Source: Amazon EC2 API, StartInstances, StopInstances, DescribeInstances, DescribeInstanceAttribute.</remarks>
public sealed class PoolInstances : IPoolInstances
{
    // The most values that a filter may have.
    private const int ValuesAtOnce = 200;

    private readonly IEc2 _ec2;
    private readonly string _region;
    private readonly UserPrices _own;

    internal PoolInstances(IEc2 ec2, string region, UserPrices own) => (_ec2, _region, _own) = (ec2, region, own);

    /// <summary>Says which region a target's machines are in.</summary>
    /// <param name="named">The region that the target names; null for the session's.</param>
    /// <param name="session">The user.</param>
    /// <returns>The region; or a refusal: none is set.</returns>
    public static Outcome<string> FindRegion(string? named, UserSession session) =>
        (named ?? SessionRegion.Find(session)) is { } region ? region
            : Refusal.BadInput("no AWS region is set: set `region` of the target, or AWS_REGION.");

    /// <summary>Connects to a region with the credentials of the user's session. Nothing is requested yet.</summary>
    /// <param name="region">The region.</param>
    /// <param name="prices">The file of the user's own prices, which need not exist.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="TargetException">An endpoint is not a URL.</exception>
    public static PoolInstances Open(string region, string prices, TimeProvider time)
    {
        try
        {
            return new PoolInstances(new Ec2Client(new AwsOptions { Region = region }, time), region, new UserPrices(prices));
        }
        catch (AwsException e)
        {
            throw Ec2Faults.ToTarget(e);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PoolInstance>> ListAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, PoolInstance>();
        foreach (var chunk in ids.Distinct().Chunk(ValuesAtOnce))
        {
            // A filter, unlike a list of ids, doesn't fail as a whole when one of them is unknown.
            var machines = await Ec2Faults.TranslateAsync(
                () => _ec2.ListAsync([new Filter("instance-id", [.. chunk])], cancellationToken));
            foreach (var machine in machines) found[machine.InstanceId] = Describe(machine);
        }

        return [.. ids.Select(id => found.GetValueOrDefault(id, new PoolInstance(id, InstanceState.Missing)))];
    }

    /// <inheritdoc/>
    public Task<InstanceRefusal?> StartAsync(string id, CancellationToken cancellationToken) =>
        TryAsync(() => _ec2.StartAsync(id, cancellationToken), id, "ec2:StartInstances");

    /// <inheritdoc/>
    public Task<InstanceRefusal?> StopAsync(string id, CancellationToken cancellationToken) =>
        TryAsync(() => _ec2.StopAsync([id], cancellationToken), id, "ec2:StopInstances");

    /// <inheritdoc/>
    public async Task<bool?> IsDeletedByShutdownAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return await _ec2.ReadShutdownBehaviorAsync(id, cancellationToken) == "terminate";
        }
        catch (AwsException e) when (e.Code == "UnauthorizedOperation" || e.Fault is AwsFault.NotFound or AwsFault.Invalid)
        {
            return null;
        }
        catch (AwsException e)
        {
            throw Ec2Faults.ToTarget(e);
        }
    }

    private async Task<InstanceRefusal?> TryAsync(Func<Task> call, string id, string permission)
    {
        try
        {
            await call();
            return null;
        }
        catch (AwsException e)
        {
            return InstanceRefusals.Explain(e, id, _region, permission);
        }
    }

    private PoolInstance Describe(Instance machine)
    {
        var type = machine.InstanceType?.Value ?? "";
        return new PoolInstance(machine.InstanceId, StateOf(machine))
        {
            Type = type,
            Size = InstanceCatalog.Shared.Find(type) is { } known
                ? new PoolRoom(known.Vcpus, (long)(known.MemoryGiB * (1L << 30)), known.Gpus) : null,
            UsdPerHour = PriceOf(machine, type),
            StartedAt = machine.LaunchTime is { } at ? new DateTimeOffset(at.ToUniversalTime(), TimeSpan.Zero) : null,
            Code = machine.StateReason?.Code is { Length: > 0 } code ? code : null,
        };
    }

    // The list has no price of a spot machine. A file that can't be read is reported where prices are asked for.
    private decimal? PriceOf(Instance machine, string type) =>
        _own.Find(_region, type).Match(price => price.Usd, _ => null)
        ?? (machine.InstanceLifecycle is null ? InstanceCatalog.Shared.UsdPerHour(_region, type) : null);

    private static InstanceState StateOf(Instance machine) => MachineStates.StateOf(machine) switch
    {
        "pending" => InstanceState.Starting,
        "running" => InstanceState.Running,
        "stopping" => InstanceState.Stopping,
        "stopped" => InstanceState.Stopped,
        _ => InstanceState.Deleted,
    };
}
