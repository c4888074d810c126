using System.Globalization;

namespace Tenfold.Aws.Serving;

/// <summary>What a stack of serving costs while no request comes.</summary>
/// <remarks>
/// Source: Amazon's price pages of June 2025, on demand, without taxes, free tiers and discounts. The regions that are not listed have
/// other prices, and no price is guessed.
/// </remarks>
public sealed record ServingCosts
{
    /// <summary>The date of the prices.</summary>
    public const string Date = "June 2025";

    private const decimal HoursPerMonth = 730, Address = 0.005m, SecretPerMonth = 0.40m;
    private const decimal GatewayCpus = 0.5m, GatewayGb = 1m, DatabaseGb = 20m;

    // The prices of these three regions are equal.
    private static readonly string[] Regions = ["us-east-1", "us-east-2", "us-west-2"];
    private const decimal LoadBalancer = 0.0225m, FargateCpu = 0.04048m, FargateGb = 0.004445m, DiskGbPerMonth = 0.115m;

    private static readonly Dictionary<string, decimal> Databases = new()
    {
        ["db.t4g.micro"] = 0.016m,
        ["db.t4g.small"] = 0.032m,
        ["db.t4g.medium"] = 0.065m,
        ["db.t4g.large"] = 0.129m,
    };

    /// <summary>The parts with their prices.</summary>
    public required IReadOnlyList<ServingPrice> Parts { get; init; }

    /// <summary>The sum of an hour; null when the price of a part is unknown.</summary>
    public decimal? UsdPerHour => Parts.Any(part => part.UsdPerHour is null) ? null : Parts.Sum(part => part.UsdPerHour);

    /// <summary>The prices in a region.</summary>
    /// <param name="region">The region.</param>
    /// <param name="gateways">How many gateways run.</param>
    /// <param name="databaseClass">The machine of the database.</param>
    /// <param name="isPublic">True when the load balancer has public addresses.</param>
    public static ServingCosts Of(string region, int gateways, string databaseClass, bool isPublic)
    {
        var isKnown = Regions.Contains(region);
        decimal? Known(decimal price) => isKnown ? price : null;
        var addresses = gateways + (isPublic ? 2 : 0);
        return new ServingCosts
        {
            Parts =
            [
                new("load balancer", Known(LoadBalancer)),
                new($"{gateways} × gateway (0.5 vCPU, 1 GB)", Known(gateways * ((GatewayCpus * FargateCpu) + (GatewayGb * FargateGb)))),
                new($"database {databaseClass}", isKnown && Databases.TryGetValue(databaseClass, out var price) ? price : null),
                new("disk of the database, 20 GB", Known(DatabaseGb * DiskGbPerMonth / HoursPerMonth)),
                new($"{addresses} × public address", addresses * Address),
                new("password", SecretPerMonth / HoursPerMonth),
            ],
        };
    }

    /// <summary>What an hour of a task costs, its public address included; null when it is unknown.</summary>
    public static decimal? TaskPerHour(string region, TaskSize size) => !Regions.Contains(region) ? null
        : ((decimal)size.Cpus * FargateCpu) + (size.MemoryMiB / 1024m * FargateGb) + Address;

    /// <summary>The costs in words, one line each.</summary>
    public IEnumerable<string> Lines(string region)
    {
        var sum = UsdPerHour is { } hour
            ? $"about {Text(hour)} USD an hour, or {(hour * HoursPerMonth).ToString("N0", CultureInfo.InvariantCulture)} USD a month"
            : $"price unknown in {region}";
        yield return $"while no request comes, serving costs {sum} (prices of {Date}):";
        foreach (var part in Parts)
            yield return $"  {part.Part}: {(part.UsdPerHour is { } usd ? $"{Text(usd)} USD an hour" : "price unknown")}";
        yield return "  besides: each task of a version, which `tenfold deploy --on aws` names; traffic; logs; about 3 USD a month for "
            + "each gateway's reading of the bucket; the spool's disk (EFS), normally below 0.01 USD a month";
    }

    private static string Text(decimal usd) => usd.ToString("0.0000", CultureInfo.InvariantCulture);
}

/// <summary>A part that costs money all the time.</summary>
/// <param name="Part">What it is.</param>
/// <param name="UsdPerHour">What an hour costs; null when it is unknown.</param>
public sealed record ServingPrice(string Part, decimal? UsdPerHour);
