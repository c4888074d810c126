using Tenfold.Aws.Batch.Submit;
using Tenfold.Aws.Ec2Api;
using Tenfold.Aws.Prices;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Batch;

/// <summary>
/// Estimates what an hour of a run on Batch costs. Batch chooses the machine among the types of the compute environments, and several jobs
/// may share it. So the price is a range: from the run's share of the cheapest machine to the whole of the cheapest machine that has room.
/// It is no maximum: when that machine is not free, Batch may start a larger one.
/// </summary>
/// <param name="connection">AWS.</param>
/// <param name="file">The file of the user's own prices, which need not exist.</param>
/// <param name="time">The clock.</param>
internal sealed class BatchPrices(BatchConnection connection, string file, TimeProvider time)
{
    // What `optimal` stands for. Source: Batch user guide, "Compute environment parameters", instanceTypes.
    private static readonly string[] Optimal = ["m5", "c5", "r5", "m4", "c4", "r4"];

    private readonly Lazy<SpotPrices> _spot = new(() => new SpotPrices(new Ec2Client(connection.Aws, time), time));
    private readonly UserPrices _own = new(file);

    /// <summary>Finds the price.</summary>
    /// <returns>
    /// The price, without a value when a type of the queue has none, or the queue is on Fargate; or BadInput: the user's list of prices
    /// can't be read.
    /// </returns>
    /// <exception cref="Wire.AwsException">AWS refused a call, or gave no answer.</exception>
    public async Task<Outcome<HourlyPrice>> FindAsync(BatchOptions options, ResourceSpec resources, CancellationToken cancellationToken)
    {
        if (!(await connection.FindPlaceAsync(cancellationToken)).Succeeded(out var place, out var refusal)) return refusal;
        if (place.QueueFor(resources, options) is not { } name) return new HourlyPrice(null);
        if (!(await connection.FindQueuesAsync([name], cancellationToken)).Succeeded(out var queues, out refusal)) return refusal;
        if (queues[0].IsFargate || TypesOf(queues[0]) is not { } types) return new HourlyPrice(null);
        var shape = JobShape.Of(resources, isFargate: false);
        // A queue may overflow from on-demand machines to spot machines, or the other way. Then the price of on-demand machines counts.
        var isSpot = queues[0].Environments.Select(one => one.ComputeResources?.Type == "SPOT").ToList();
        var offers = new List<(InstanceType Type, decimal Usd, bool IsOwn)>();
        foreach (var type in types.Where(type => HasRoom(type, shape)))
        {
            if (!_own.Find(place.Region, type.Name).Succeeded(out var own, out refusal)) return refusal;
            if ((own.Usd ?? InstanceCatalog.Shared.UsdPerHour(place.Region, type.Name)) is { } usd)
                offers.Add((type, usd, IsOwn: own.Usd is not null));
        }

        if (offers.Count == 0) return new HourlyPrice(null);
        var whole = offers.MinBy(offer => offer.Usd);
        // The user's own price is what the user pays, also for a spot machine. The list price is the most that a spot machine costs.
        var spot = isSpot.Contains(true) && !whole.IsOwn
            ? await _spot.Value.FindAsync(whole.Type.Name, cancellationToken) ?? whole.Usd : whole.Usd;
        var discount = whole.Usd > 0 ? spot / whole.Usd : 1;
        return new HourlyPrice(isSpot.Contains(false) ? whole.Usd : spot)
        {
            LeastUsd = offers.Min(offer => offer.Usd * Share(offer.Type, shape) * (offer.IsOwn ? 1 : discount)),
        };
    }

    // Null when one of the queue's types or families is unknown: Batch may choose it.
    private static List<InstanceType>? TypesOf(QueueFacts queue)
    {
        var found = new List<InstanceType>();
        foreach (var name in queue.Environments.SelectMany(one => one.ComputeResources?.InstanceTypes ?? []).Distinct())
        {
            var families = name == "optimal" ? Optimal : new[] { name };
            var known = InstanceCatalog.Shared.Types
                .Where(type => families.Any(family => type.Name == family || type.Name.StartsWith($"{family}.", StringComparison.Ordinal)))
                .ToList();
            if (known.Count == 0) return null;
            found.AddRange(known);
        }

        return found.Count > 0 ? found : null;
    }

    // ECS and the system take some of a machine's memory.
    private static bool HasRoom(InstanceType type, JobShape shape) =>
        type.Vcpus >= shape.Cpus && type.MemoryGiB * 1024 * 0.95 >= shape.MemoryMiB && type.Gpus >= shape.Gpus;

    private static decimal Share(InstanceType type, JobShape shape)
    {
        var share = Math.Max(shape.Cpus / type.Vcpus, shape.MemoryMiB / (type.MemoryGiB * 1024));
        if (shape.Gpus > 0) share = Math.Max(share, (double)shape.Gpus / type.Gpus);
        return (decimal)Math.Min(1, share);
    }
}
