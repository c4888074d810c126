using Tenfold.Numerics.Statistics;

namespace Tenfold.Numerics.Tests.Statistics;

public sealed class SeedSequenceTests
{
    // printf 'tenfold-seed/1:42:1' | sha256sum | head -c 8, without its highest bit.
    [Theory]
    [InlineData(42, 1, 1954094672)]
    [InlineData(42, 2, 766195478)]
    [InlineData(-7, 10, 1615535441)]
    [InlineData(long.MaxValue, int.MaxValue, 846973898)]
    public void Seeds_are_the_same_in_every_version(long baseSeed, int repeat, long seed) =>
        SeedSequence.Derive(baseSeed, repeat).ShouldBe(seed);

    [Fact]
    public void Seeds_of_a_thousand_repeats_are_distinct_and_fit_every_framework()
    {
        foreach (var baseSeed in new long[] { 0, 1, 42, -1, long.MinValue })
        {
            var seeds = Enumerable.Range(1, 1000).Select(repeat => SeedSequence.Derive(baseSeed, repeat)).ToArray();
            seeds.Distinct().Count().ShouldBe(1000);
            seeds.ShouldAllBe(seed => seed >= 0 && seed <= int.MaxValue);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Repeats_count_from_1(int repeat) => Should.Throw<ArgumentOutOfRangeException>(() => SeedSequence.Derive(1, repeat));
}
