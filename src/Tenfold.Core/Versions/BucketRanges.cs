using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tenfold.Core.Versions;

/// <summary>Divides the buckets of a route, and finds the bucket of a key.</summary>
public static class BucketRanges
{
    /// <summary>How many buckets there are: a share is a multiple of 0.01 %.</summary>
    public const int Buckets = 10_000;

    /// <summary>
    /// The bucket of a key: the first four bytes of SHA-256(salt ":" key), big-endian, modulo <see cref="Buckets"/>. Anyone can compute it
    /// afterwards, for example in SQL.
    /// </summary>
    public static int BucketOf(string salt, string key)
    {
        var text = Encoding.UTF8.GetBytes($"{salt}:{key}");
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        return (int)(BinaryPrimitives.ReadUInt32BigEndian(hash) % Buckets);
    }

    /// <summary>The version that serves a bucket.</summary>
    public static string VersionOf(IReadOnlyList<BucketRange> ranges, int bucket)
    {
        foreach (var range in ranges)
            if (bucket < range.From + range.Count) return range.Version;
        throw new ArgumentOutOfRangeException(nameof(bucket), bucket, "the ranges do not cover it");
    }

    /// <summary>
    /// Divides all buckets anew. A version whose share does not shrink keeps every bucket that it has, so the keys in them stay with it;
    /// only the buckets that other versions give up change their version.
    /// </summary>
    /// <param name="previous">The ranges in force; empty for a model's first route.</param>
    /// <param name="shares">The share of each version in buckets; versions without a share get none. The sum is <see cref="Buckets"/>.
    /// </param>
    /// <exception cref="ArgumentException">A share is negative, or their sum is wrong.</exception>
    public static IReadOnlyList<BucketRange> Reassign(
        IReadOnlyList<BucketRange> previous, IReadOnlyDictionary<string, int> shares)
    {
        if (shares.Values.Any(share => share < 0) || shares.Values.Sum() != Buckets)
            throw new ArgumentException($"the shares must be at least 0 and sum to {Buckets}", nameof(shares));
        var owners = new string?[Buckets];
        var missing = shares.Where(share => share.Value > 0).ToDictionary();
        foreach (var range in previous)
        {
            if (!missing.TryGetValue(range.Version, out var wanted)) continue;
            var kept = Math.Min(wanted, range.Count);
            owners.AsSpan(range.From, kept).Fill(range.Version);
            missing[range.Version] = wanted - kept;
        }

        // The free buckets go to the versions in the order in which the caller names them.
        using var free = Enumerable.Range(0, Buckets).Where(bucket => owners[bucket] is null).ToList().GetEnumerator();
        foreach (var version in shares.Keys)
            for (var left = missing.GetValueOrDefault(version); left > 0 && free.MoveNext(); left--) owners[free.Current] = version;
        return Join(owners!);
    }

    private static List<BucketRange> Join(string[] owners)
    {
        var ranges = new List<BucketRange>();
        for (var from = 0; from < owners.Length;)
        {
            var to = from + 1;
            while (to < owners.Length && owners[to] == owners[from]) to++;
            ranges.Add(new BucketRange(from, to - from, owners[from]));
            from = to;
        }

        return ranges;
    }
}
