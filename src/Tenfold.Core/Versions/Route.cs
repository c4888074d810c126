using Tenfold.Core.Reasons;

namespace Tenfold.Core.Versions;

/// <summary>
/// How a model's traffic is divided among its versions, from one moment on. A change adds a new route; the old ones stay, so that the arm
/// of any logged request can be checked afterwards.
/// </summary>
public sealed record Route
{
    /// <summary>The model.</summary>
    public required string Model { get; init; }

    /// <summary>1 for the model's first route; each change adds 1.</summary>
    public required long Revision { get; init; }

    /// <summary>When it came into force.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who made it: <c>user@host</c>.</summary>
    public required string By { get; init; }

    /// <summary>Why it was made.</summary>
    public required Reason Reason { get; init; }

    /// <summary>
    /// Which version serves which buckets. The ranges are in order and cover all buckets; see <see cref="BucketRanges"/>.
    /// </summary>
    public required IReadOnlyList<BucketRange> Ranges { get; init; }

    /// <summary>The version that gets a copy of each request after the reply, and whose reply only the log sees; null for none.</summary>
    public string? Shadow { get; init; }

    /// <summary>What is hashed with a key to find its bucket. It stays for the model's life, so that keys stay in their buckets.</summary>
    public required string Salt { get; init; }

    /// <summary>The share of each version in buckets, in the order of the ranges.</summary>
    public IReadOnlyDictionary<string, int> Shares() =>
        Ranges.GroupBy(range => range.Version).ToDictionary(of => of.Key, of => of.Sum(range => range.Count));

    /// <summary>The route of a model's first version, which gets all traffic.</summary>
    /// <param name="version">The version.</param>
    /// <param name="salt">The salt of the model's routes.</param>
    public static Route First(ModelVersion version, string salt) => new()
    {
        Model = version.Model,
        Revision = 1,
        At = version.DeployedAt,
        By = version.DeployedBy,
        Reason = new Reason.FirstVersion(version.Version),
        Ranges = [new BucketRange(0, BucketRanges.Buckets, version.Version)],
        Salt = salt,
    };

    /// <summary>True when a version has traffic, or gets copies of it.</summary>
    public bool Serves(string version) => Shadow == version || Ranges.Any(range => range.Version == version);

    /// <summary>True when both routes divide the traffic and copy it in one way.</summary>
    public bool DividesLike(Route other) => Shadow == other.Shadow && Ranges.SequenceEqual(other.Ranges);
}

/// <summary>Consecutive buckets that one version serves.</summary>
/// <param name="From">The first bucket, from 0.</param>
/// <param name="Count">How many buckets; at least 1.</param>
/// <param name="Version">The version.</param>
public readonly record struct BucketRange(int From, int Count, string Version);
