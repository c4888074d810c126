using System.Globalization;
using Tenfold.Core.Versions;

namespace Tenfold.Core.Tests.Versions;

public sealed class Buckets_are_divided
{
    // Computed with Python: int.from_bytes(hashlib.sha256(f"{salt}:{key}".encode()).digest()[:4], "big") % 10000
    [Theory]
    [InlineData("s", "", 313)]
    [InlineData("salt", "user-1", 2743)]
    [InlineData("salt", "user-2", 8054)]
    [InlineData("", "grüße", 690)]
    public void A_bucket_can_be_computed_by_anyone(string salt, string key, int bucket) =>
        BucketRanges.BucketOf(salt, key).ShouldBe(bucket);

    [Fact]
    public void The_first_version_gets_all() => Divide([], ("a", 10_000)).ShouldBe([new(0, 10_000, "a")]);

    [Fact]
    public void A_growing_version_keeps_its_buckets()
    {
        var random = new Random(7);
        var ranges = Divide([], ("a", 10_000));
        for (var step = 0; step < 40; step++)
        {
            var cuts = new[] { 0, random.Next(10_001), random.Next(10_001), 10_000 }.Order().ToArray();
            (string, int)[] shares = [("a", cuts[1] - cuts[0]), ("b", cuts[2] - cuts[1]), ("c", cuts[3] - cuts[2])];
            var next = Divide(ranges, shares);
            var (before, after) = (Owners(ranges), Owners(next));
            foreach (var (version, share) in shares)
            {
                after.Count(owner => owner == version).ShouldBe(share);
                var kept = Enumerable.Range(0, 10_000).Count(bucket => before[bucket] == version && after[bucket] == version);
                kept.ShouldBe(Math.Min(share, before.Count(owner => owner == version)));
            }

            ranges = next;
        }
    }

    [Fact]
    public void A_version_without_a_share_has_no_range() =>
        Divide(Divide([], ("a", 5000), ("b", 5000)), ("b", 10_000), ("a", 0)).ShouldBe([new(0, 10_000, "b")]);

    [Theory]
    [InlineData(9999, 0)]
    [InlineData(10_001, 0)]
    [InlineData(10_001, -1)]
    public void Wrong_shares_are_refused(int first, int second) =>
        Should.Throw<ArgumentException>(() => Divide([], ("a", first), ("b", second)));

    [Fact]
    public void Traffic_follows_the_shares()
    {
        var ranges = Divide(Divide([], ("a", 10_000)), ("a", 9000), ("b", 1000));
        var hits = Enumerable.Range(0, 100_000).Count(i => BucketRanges.VersionOf(
            ranges, BucketRanges.BucketOf("salt", i.ToString(CultureInfo.InvariantCulture))) == "b");
        hits.ShouldBeInRange(9600, 10_400);
    }

    private static IReadOnlyList<BucketRange> Divide(IReadOnlyList<BucketRange> previous, params (string Version, int Share)[] shares) =>
        BucketRanges.Reassign(previous, new OrderedDictionary<string, int>(
            shares.Select(share => KeyValuePair.Create(share.Version, share.Share))));

    private static string[] Owners(IReadOnlyList<BucketRange> ranges) =>
        [.. Enumerable.Range(0, BucketRanges.Buckets).Select(bucket => BucketRanges.VersionOf(ranges, bucket))];
}
